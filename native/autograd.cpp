// Gradients, recording modes, and functions whose backward is the caller's.
#include <memory>
#include <vector>

#include <ATen/ops/ones_like.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/csrc/autograd/variable.h>

#include "shim.h"

using namespace likeness;
using torch::autograd::variable_list;

namespace {

variable_list borrow_all(lk_tensor* const* handles, int32_t count) {
    variable_list tensors;
    tensors.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; i++) {
        tensors.push_back(borrow(handles[i]));
    }
    return tensors;
}

// Owns the caller's context from the first moment on, so that it is released once on every path.
class Context {
public:
    Context(void (*release)(void*), void* context) : release_(release), context_(context) {}
    Context(Context&& other) noexcept : release_(other.release_), context_(other.context_) { other.release_ = nullptr; }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    Context& operator=(Context&&) = delete;
    ~Context() {
        if (release_ != nullptr) {
            release_(context_);
        }
    }
    void* get() const { return context_; }

private:
    void (*release_)(void*);
    void* context_;
};

struct CallerNode final : torch::autograd::Node {
    CallerNode(torch::autograd::edge_list&& edges, lk_backward backward, Context context, int32_t inputs)
        : Node(std::move(edges)), backward_(backward), context_(std::move(context)), inputs_(inputs) {}

    std::string name() const override { return "LikenessBackward"; }

    variable_list apply(variable_list&& grads) override {
        std::vector<lk_tensor*> handles(grads.size());
        for (size_t i = 0; i < grads.size(); i++) {
            handles[i] = grads[i].defined() ? reinterpret_cast<lk_tensor*>(grads[i].unsafeGetTensorImpl()) : nullptr;
        }
        // Anything but null says on entry that nobody asks for this one.
        std::vector<lk_tensor*> results(static_cast<size_t>(inputs_), nullptr);
        for (size_t i = 0; i < results.size(); i++) {
            results[i] = task_should_compute_output(i) ? nullptr : unwanted();
        }
        char message[1024] = "";
        const auto status = backward_(
            context_.get(), handles.data(), static_cast<int32_t>(handles.size()), results.data(), inputs_, message, sizeof message);
        variable_list gradients;
        gradients.reserve(results.size());
        for (auto* result : results) {
            gradients.push_back(result == unwanted() ? at::Tensor() : take_back(result));
        }
        message[sizeof message - 1] = 0;
        TORCH_CHECK(status == 0, message);
        return gradients;
    }

private:
    static lk_tensor* unwanted() {
        static char mark = 0;
        return reinterpret_cast<lk_tensor*>(&mark);
    }

    lk_backward backward_;
    Context context_;
    int32_t inputs_;
};

}  // namespace

lk_status lk_autograd_grad(lk_tensor* const* outputs, int32_t output_count, lk_tensor* const* inputs, int32_t input_count,
    lk_tensor* const* output_grads, int32_t retain_graph, int32_t create_graph, int32_t allow_unused, lk_tensor** grads) {
    return guarded([&] {
        const auto roots = borrow_all(outputs, output_count);
        variable_list seeds;
        seeds.reserve(roots.size());
        for (int32_t i = 0; i < output_count; i++) {
            auto* seed = output_grads == nullptr ? nullptr : output_grads[i];
            // libtorch makes the ones itself, but for single numbers only.
            const auto& root = roots[static_cast<size_t>(i)];
            seeds.push_back(seed != nullptr ? borrow(seed) : root.numel() == 1 ? at::Tensor() : at::ones_like(root));
        }
        auto found = torch::autograd::grad(
            roots, borrow_all(inputs, input_count), seeds, retain_graph != 0, create_graph != 0, allow_unused != 0);
        for (size_t i = 0; i < found.size(); i++) {
            grads[i] = hand_out(std::move(found[i]));
        }
    });
}

lk_status lk_autograd_requires_grad(lk_tensor* t, int32_t* yes) {
    return guarded([&] { *yes = borrow(t).requires_grad(); });
}

lk_status lk_autograd_set_requires_grad(lk_tensor* t, int32_t yes) {
    return guarded([&] { borrow(t).set_requires_grad(yes != 0); });
}

int32_t lk_autograd_grad_mode(void) {
    return c10::GradMode::is_enabled();
}

void lk_autograd_set_grad_mode(int32_t on) {
    c10::GradMode::set_enabled(on != 0);
}

lk_status lk_autograd_inference_enter(void** guard) {
    return guarded([&] { *guard = new c10::InferenceMode(true); });
}

lk_status lk_autograd_inference_leave(void* guard) {
    return guarded([&] { delete static_cast<c10::InferenceMode*>(guard); });
}

lk_status lk_autograd_bump_version(lk_tensor* t) {
    return guarded([&] { borrow(t).unsafeGetTensorImpl()->bump_version(); });
}

lk_status lk_autograd_custom(lk_tensor* const* inputs, int32_t input_count, lk_tensor* const* outputs, int32_t output_count,
    lk_backward backward, void (*release)(void*), void* context) {
    Context owned(release, context);
    return guarded([&] {
        const auto sources = borrow_all(inputs, input_count);
        if (!torch::autograd::compute_requires_grad(sources)) {
            return;
        }
        const std::shared_ptr<torch::autograd::Node> node(
            new CallerNode(torch::autograd::collect_next_edges(sources), backward, std::move(owned), input_count),
            torch::autograd::deleteNode);
        for (auto& result : borrow_all(outputs, output_count)) {
            TORCH_CHECK(!result.requires_grad(), "An output of a custom function must be computed without recording gradients.");
            torch::autograd::set_history(result, node);
        }
    });
}
