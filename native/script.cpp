// TorchScript modules. Loading one runs code from the file: the caller vouches for it.
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include "shim.h"

using namespace likeness;

lk_status lk_script_load(const char* path, int32_t device_type, int32_t device_index, lk_script** out) {
    return guarded([&] {
        auto module = torch::jit::load(path, device_of(device_type, device_index));
        module.eval();
        *out = reinterpret_cast<lk_script*>(new torch::jit::Module(std::move(module)));
    });
}

void lk_script_release(lk_script* s) {
    delete reinterpret_cast<torch::jit::Module*>(s);
}

lk_status lk_script_forward(lk_script* s, lk_tensor* const* inputs, int32_t input_count, lk_tensor** output) {
    return guarded([&] {
        TORCH_CHECK(s != nullptr, "A null script handle was passed.");
        std::vector<c10::IValue> stack;
        for (int32_t i = 0; i < input_count; i++) {
            stack.emplace_back(borrow(inputs[i]));
        }
        auto result = reinterpret_cast<torch::jit::Module*>(s)->forward(std::move(stack));
        TORCH_CHECK(result.isTensor(), "The script's forward must return one tensor, but it returned ", result.tagKind(), ".");
        *output = hand_out(std::move(result).toTensor());
    });
}
