// Random number generators: independent copies of a device's own kind, so that no CUDA header is needed.
#include <mutex>

#include <ATen/Context.h>
#include <ATen/core/Generator.h>

#include "shim.h"

using namespace likeness;

namespace {

at::Generator borrow_generator(lk_generator* handle) {
    TORCH_CHECK(handle != nullptr, "A null generator handle was passed where a generator is needed.");
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(reinterpret_cast<c10::GeneratorImpl*>(handle)));
}

}  // namespace

lk_status lk_generator_create(int32_t device_type, int32_t device_index, uint64_t seed, lk_generator** out) {
    return guarded([&] {
        auto generator = at::globalContext().defaultGenerator(device_of(device_type, device_index)).clone();
        // A clone starts with no weak count where make_intrusive gives one, so that it would never be freed (libtorch 1.13).
        if (generator.getIntrusivePtr().weak_use_count() == 0) {
            c10::raw::weak_intrusive_ptr::incref(generator.unsafeGetGeneratorImpl());
        }
        generator.set_current_seed(seed);
        *out = reinterpret_cast<lk_generator*>(generator.unsafeReleaseGeneratorImpl());
    });
}

void lk_generator_release(lk_generator* g) {
    if (g != nullptr) {
        c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(reinterpret_cast<c10::GeneratorImpl*>(g));
    }
}

lk_status lk_generator_get_state(lk_generator* g, lk_tensor** state) {
    return guarded([&] {
        auto generator = borrow_generator(g);
        const std::lock_guard<std::mutex> lock(generator.mutex());
        *state = hand_out(generator.get_state());
    });
}

lk_status lk_generator_set_state(lk_generator* g, lk_tensor* state) {
    return guarded([&] {
        auto generator = borrow_generator(g);
        const std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(borrow(state));
    });
}
