// Tensors: lifetime, what they are made of, and memory that comes from outside.
#include <algorithm>
#include <memory>

#include <ATen/ops/from_blob.h>

#include "shim.h"

using namespace likeness;

void lk_tensor_release(lk_tensor* t) {
    take_back(t);
}

lk_status lk_tensor_retain(lk_tensor* t, lk_tensor** same) {
    return guarded([&] { *same = hand_out(borrow(t)); });
}

// release is called exactly once, also when no tensor could be made.
lk_status lk_tensor_from_memory(
    void* data, const int64_t* shape, int32_t dims, int32_t dtype, void (*release)(void*), void* context, lk_tensor** out) {
    struct Owner {
        void (*release)(void*);
        void* context;
        ~Owner() {
            if (release != nullptr) {
                release(context);
            }
        }
    };
    return guarded([&] {
        auto owner = std::make_shared<Owner>(Owner{nullptr, context});
        owner->release = release;
        auto tensor = at::from_blob(
            data, at::IntArrayRef(shape, static_cast<size_t>(dims)), [owner](void*) mutable { owner.reset(); },
            at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
        *out = hand_out(std::move(tensor));
    });
}

lk_status lk_tensor_info(lk_tensor* t, int32_t* dims, int32_t* dtype, int32_t* device_type, int32_t* device_index, int64_t* bytes) {
    return guarded([&] {
        const auto tensor = borrow(t);
        const auto device = tensor.device();
        *dims = static_cast<int32_t>(tensor.dim());
        *dtype = static_cast<int32_t>(tensor.scalar_type());
        *device_type = static_cast<int32_t>(device.type());
        *device_index = device.index();
        *bytes = static_cast<int64_t>(tensor.nbytes());
    });
}

lk_status lk_tensor_shape(lk_tensor* t, int64_t* shape, int64_t* strides) {
    return guarded([&] {
        const auto tensor = borrow(t);
        if (shape != nullptr) {
            const auto sizes = tensor.sizes();
            std::copy(sizes.begin(), sizes.end(), shape);
        }
        if (strides != nullptr) {
            const auto steps = tensor.strides();
            std::copy(steps.begin(), steps.end(), strides);
        }
    });
}

lk_status lk_tensor_data(lk_tensor* t, void** data) {
    return guarded([&] {
        const auto tensor = borrow(t);
        TORCH_CHECK(tensor.device().is_cpu(), "The memory of a tensor on ", tensor.device(), " cannot be read: move it to the cpu first.");
        *data = tensor.data_ptr();
    });
}

lk_status lk_tensor_is_contiguous(lk_tensor* t, int32_t memory_format, int32_t* yes) {
    return guarded([&] { *yes = borrow(t).is_contiguous(static_cast<at::MemoryFormat>(memory_format)); });
}

int64_t lk_tensor_live_count(void) {
    return live_handles.load(std::memory_order_relaxed);
}
