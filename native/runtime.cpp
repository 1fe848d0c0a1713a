// Errors, versions, threads, devices and mixed precision.
#include <dlfcn.h>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include "shim.h"

namespace likeness {

std::atomic<int64_t> live_handles{0};

namespace {

thread_local std::string last_error;

// libtorch puts its message on the first line that is not empty; what follows is for its own developers.
std::string first_line(const char* text) {
    const std::string all(text);
    const auto begin = all.find_first_not_of("\r\n \t");
    if (begin == std::string::npos) {
        return "An error without a message was raised by libtorch.";
    }
    const auto end = all.find_first_of("\r\n", begin);
    return all.substr(begin, end == std::string::npos ? end : end - begin);
}

std::string describe_current_exception() {
    try {
        throw;
    } catch (const c10::Error& e) {
        return first_line(e.what_without_backtrace());
    } catch (const std::bad_alloc&) {
        return "Out of memory.";
    } catch (const std::exception& e) {
        return first_line(e.what());
    } catch (...) {
        return "An exception of an unknown type was raised by libtorch.";
    }
}

// CUDA's driver, found at run time so that neither its headers nor its libraries are needed to build.
struct CudaDriver {
    using Device = int;
    using Context = void*;
    int (*device_get)(Device*, int) = nullptr;
    int (*retain)(Context*, Device) = nullptr;
    int (*release)(Device) = nullptr;
    int (*push)(Context) = nullptr;
    int (*pop)(Context*) = nullptr;
    int (*memory)(size_t*, size_t*) = nullptr;

    CudaDriver() {
        void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
            return;
        }
        resolve(library, "cuDeviceGet", device_get);
        resolve(library, "cuDevicePrimaryCtxRetain", retain);
        resolve(library, "cuDevicePrimaryCtxRelease_v2", release);
        resolve(library, "cuCtxPushCurrent_v2", push);
        resolve(library, "cuCtxPopCurrent_v2", pop);
        resolve(library, "cuMemGetInfo_v2", memory);
    }

    bool complete() const { return device_get && retain && release && push && pop && memory; }

    template <class F>
    static void resolve(void* library, const char* name, F*& function) {
        function = reinterpret_cast<F*>(dlsym(library, name));
    }
};

int32_t cuda_devices() {
    return c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA)
        ? static_cast<int32_t>(c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA)->deviceCount())
        : 0;
}

#if !LK_TORCH_AT_LEAST(2, 4)
void check_autocast_device(c10::DeviceType type) {
    TORCH_CHECK(
        type == c10::DeviceType::CPU || type == c10::DeviceType::CUDA,
        "Mixed precision is not available on ", type, " in this libtorch; use cpu or cuda.");
}
#endif

}  // namespace

lk_status fail() noexcept {
    try {
        last_error = describe_current_exception();
    } catch (...) {
        last_error.clear();
    }
    return 1;
}

}  // namespace likeness

using namespace likeness;

const char* lk_last_error(void) {
    return last_error.c_str();
}

int32_t lk_abi_version(void) {
    return LK_ABI_VERSION;
}

const char* lk_torch_version(void) {
    return TORCH_VERSION;
}

const char* lk_torch_config(void) {
    static const std::string config = at::show_config();
    return config.c_str();
}

void lk_buffer_free(void* buffer) {
    std::free(buffer);
}

lk_status lk_autocast_set(int32_t device_type, int32_t enabled, int32_t dtype, int32_t* was_enabled, int32_t* was_dtype) {
    return guarded([&] {
        const auto device = static_cast<c10::DeviceType>(device_type);
        const auto type = static_cast<at::ScalarType>(dtype);
#if LK_TORCH_AT_LEAST(2, 4)
        *was_enabled = at::autocast::is_autocast_enabled(device);
        *was_dtype = static_cast<int32_t>(at::autocast::get_autocast_dtype(device));
        at::autocast::set_autocast_dtype(device, type);
        at::autocast::set_autocast_enabled(device, enabled != 0);
#else
        check_autocast_device(device);
        if (device == c10::DeviceType::CPU) {
            *was_enabled = at::autocast::is_cpu_enabled();
            *was_dtype = static_cast<int32_t>(at::autocast::get_autocast_cpu_dtype());
            at::autocast::set_autocast_cpu_dtype(type);
            at::autocast::set_cpu_enabled(enabled != 0);
        } else {
            *was_enabled = at::autocast::is_enabled();
            *was_dtype = static_cast<int32_t>(at::autocast::get_autocast_gpu_dtype());
            at::autocast::set_autocast_gpu_dtype(type);
            at::autocast::set_enabled(enabled != 0);
        }
#endif
    });
}

lk_status lk_autocast_clear_cache(void) {
    return guarded([] { at::autocast::clear_cache(); });
}

int32_t lk_threads_get(void) {
    return at::get_num_threads();
}

lk_status lk_threads_set(int32_t count) {
    return guarded([&] {
        TORCH_CHECK(count > 0, "The number of threads must be at least 1, not ", count, ".");
        at::set_num_threads(count);
    });
}

void lk_parallel_run(int32_t parts, int32_t threads, void (*body)(void*, int32_t), void* context) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (int32_t part = 0; part < parts; ++part) {
        body(context, part);
    }
}

int32_t lk_denormals_flush(int32_t on) {
    static thread_local int32_t current = 0;
    const auto was = current;
    if (on != was) {
        // Each thread has a mode of its own. Threads made later take it from the one that makes them.
#pragma omp parallel num_threads(at::get_num_threads())
        at::Context::setFlushDenormal(on != 0);
        current = on;
    }
    return was;
}

int32_t lk_cuda_device_count(void) {
    try {
        return cuda_devices();
    } catch (...) {
        return 0;
    }
}

lk_status lk_cuda_memory(int32_t index, int64_t* used, int64_t* total) {
    return guarded([&] {
        const auto count = cuda_devices();
        TORCH_CHECK(index >= 0 && index < count, "There is no CUDA device ", index, ": this machine offers ", count, ".");
        static const CudaDriver driver;
        TORCH_CHECK(driver.complete(), "The CUDA driver (libcuda.so.1) could not be loaded.");
        CudaDriver::Device device = 0;
        CudaDriver::Context context = nullptr;
        size_t free_bytes = 0;
        size_t all_bytes = 0;
        TORCH_CHECK(driver.device_get(&device, index) == 0 && driver.retain(&context, device) == 0,
            "The CUDA driver refused device ", index, ".");
        auto status = driver.push(context);
        if (status == 0) {
            status = driver.memory(&free_bytes, &all_bytes);
            driver.pop(&context);
        }
        driver.release(device);
        TORCH_CHECK(status == 0, "The CUDA driver did not tell the memory of device ", index, " (status ", status, ").");
        *used = static_cast<int64_t>(all_bytes - free_bytes);
        *total = static_cast<int64_t>(all_bytes);
    });
}
