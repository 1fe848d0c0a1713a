// What the shim's files share: the status convention, and the passage between handles and tensors.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <torch/version.h>

#include "likeness_torch.h"

#define LK_TORCH_AT_LEAST(major, minor) \
    (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

namespace likeness {

extern std::atomic<int64_t> live_handles;

// Keeps the exception that is being handled as the thread's last error.
lk_status fail() noexcept;

template <class Body>
lk_status guarded(Body&& body) noexcept {
    try {
        body();
        return 0;
    } catch (...) {
        return fail();
    }
}

// The tensor behind a handle that stays the caller's.
inline at::Tensor borrow(lk_tensor* handle) {
    TORCH_CHECK(handle != nullptr, "A null tensor handle was passed where a tensor is needed.");
    return at::Tensor(
        c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim_copy(reinterpret_cast<at::TensorImpl*>(handle)));
}

// The same, where null stands for "no tensor".
inline at::Tensor borrow_or_undefined(lk_tensor* handle) {
    return handle == nullptr ? at::Tensor() : borrow(handle);
}

// Moves the tensor's reference into a handle; an undefined tensor gives null.
inline lk_tensor* hand_out(at::Tensor&& tensor) {
    if (!tensor.defined()) {
        return nullptr;
    }
    live_handles.fetch_add(1, std::memory_order_relaxed);
    return reinterpret_cast<lk_tensor*>(tensor.unsafeReleaseTensorImpl());
}

// Takes a handle's reference over.
inline at::Tensor take_back(lk_tensor* handle) {
    if (handle == nullptr) {
        return {};
    }
    live_handles.fetch_sub(1, std::memory_order_relaxed);
    return at::Tensor(
        c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim(reinterpret_cast<at::TensorImpl*>(handle)));
}

// An array that the caller frees with lk_buffer_free; never null, so that null can mean "absent".
template <class T>
T* new_buffer(size_t count) {
    auto* buffer = static_cast<T*>(std::malloc(count == 0 ? 1 : count * sizeof(T)));
    if (buffer == nullptr) {
        throw std::bad_alloc();
    }
    return buffer;
}

// A device of the ABI: index -1 is the current one.
inline c10::Device device_of(int64_t type, int32_t index) {
    return c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
}

}  // namespace likeness
