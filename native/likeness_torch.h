/* The C ABI of Likeness over libtorch.
 *
 * Every function returns a status: 0 is success; any other value means that the calling thread's last error
 * (lk_last_error) holds one line that says what went wrong. No C++ exception leaves this library. No operator is
 * named here but the ones that seed gradients: operators are looked up by name and called boxed, so the same library works with every libtorch >= 1.13.
 *
 * Ownership: a handle that comes out of a function is owned by the caller, who gives it back with the matching
 * lk_*_release. Handles that go in are borrowed. Buffers that come out are freed with lk_buffer_free. */
#ifndef LIKENESS_TORCH_H
#define LIKENESS_TORCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LK_API __attribute__((visibility("default")))
#define LK_ABI_VERSION 3

typedef int32_t lk_status;
typedef struct lk_tensor lk_tensor;           /* a c10::TensorImpl, one reference */
typedef struct lk_op lk_op;                   /* never released: operators live as long as the process */
typedef struct lk_generator lk_generator;
typedef struct lk_script lk_script;           /* a loaded TorchScript module */

/* ---- values of a boxed call ---------------------------------------------------------------------------------- */

enum {
    LK_NONE = 0,
    LK_DEFAULT = 1,        /* in: the schema's default value */
    LK_TENSOR = 2,
    LK_TENSOR_LIST = 3,    /* p = lk_tensor**, count */
    LK_OPTIONAL_TENSORS = 4, /* p = lk_tensor**, count; null = none */
    LK_INT = 5,
    LK_INT_LIST = 6,       /* p = int64_t*, count */
    LK_DOUBLE = 7,
    LK_DOUBLE_LIST = 8,    /* p = double*, count */
    LK_BOOL = 9,
    LK_BOOL_LIST = 10,     /* p = uint8_t*, count */
    LK_STRING = 11,        /* p = utf-8, count bytes */
    LK_DTYPE = 12,         /* i = c10::ScalarType */
    LK_DEVICE = 13,        /* i = device type, count = index (-1: current) */
    LK_LAYOUT = 14,
    LK_MEMORY_FORMAT = 15,
    LK_SCALAR_INT = 16,
    LK_SCALAR_DOUBLE = 17,
    LK_SCALAR_BOOL = 18,
    LK_GENERATOR = 19
};

typedef struct lk_value {
    int32_t tag;
    int32_t count;
    union {
        int64_t i;
        double d;
        void* p;
    };
} lk_value;

/* ---- errors, versions ---------------------------------------------------------------------------------------- */

LK_API const char* lk_last_error(void);
LK_API int32_t lk_abi_version(void);
LK_API const char* lk_torch_version(void);
LK_API const char* lk_torch_config(void);                     /* libtorch's build summary, several lines */
LK_API void lk_buffer_free(void* buffer);

/* ---- operators ----------------------------------------------------------------------------------------------- */

LK_API lk_status lk_op_find(const char* name, const char* overload, lk_op** op);
/* The schema as libtorch prints it; valid as long as the process. */
LK_API lk_status lk_op_schema(lk_op* op, const char** schema);
/* Missing trailing arguments take the schema's defaults. Writes at most max_results values and their true number.
 * A returned list of tensors comes as LK_TENSOR_LIST whose p is an lk_tensor** to free with lk_buffer_free. */
LK_API lk_status lk_op_call(lk_op* op, const lk_value* args, int32_t arg_count, lk_value* results, int32_t max_results, int32_t* result_count);

/* ---- tensors ------------------------------------------------------------------------------------------------- */

LK_API void lk_tensor_release(lk_tensor* t);
LK_API lk_status lk_tensor_retain(lk_tensor* t, lk_tensor** same);
/* A tensor over the caller's memory; release(context) is called once: when the last reference goes, or at once on failure. */
LK_API lk_status lk_tensor_from_memory(void* data, const int64_t* shape, int32_t dims, int32_t dtype, void (*release)(void*), void* context, lk_tensor** out);
LK_API lk_status lk_tensor_info(lk_tensor* t, int32_t* dims, int32_t* dtype, int32_t* device_type, int32_t* device_index, int64_t* bytes);
LK_API lk_status lk_tensor_shape(lk_tensor* t, int64_t* shape, int64_t* strides);   /* either may be null */
LK_API lk_status lk_tensor_data(lk_tensor* t, void** data);                        /* needs a CPU tensor */
LK_API lk_status lk_tensor_is_contiguous(lk_tensor* t, int32_t memory_format, int32_t* yes);
LK_API int64_t lk_tensor_live_count(void);                    /* handles not yet released */
LK_API int64_t lk_memory_in_use(void);                        /* bytes of CPU tensor memory in use */
LK_API int64_t lk_memory_reserved(void);                      /* bytes the CPU allocator holds, in use or kept for reuse */
LK_API void lk_memory_trim(void);                             /* gives the bytes kept for reuse back */

/* ---- autograd ------------------------------------------------------------------------------------------------ */

/* Gradients of sum(outputs . output_grads). output_grads or single entries may be null (ones). An input that the outputs
 * do not depend on gives a null entry when allow_unused, else an error. */
LK_API lk_status lk_autograd_grad(lk_tensor* const* outputs, int32_t output_count, lk_tensor* const* inputs, int32_t input_count,
    lk_tensor* const* output_grads, int32_t retain_graph, int32_t create_graph, int32_t allow_unused, lk_tensor** grads);
LK_API lk_status lk_autograd_requires_grad(lk_tensor* t, int32_t* yes);
LK_API lk_status lk_autograd_set_requires_grad(lk_tensor* t, int32_t yes);
LK_API int32_t lk_autograd_grad_mode(void);
LK_API void lk_autograd_set_grad_mode(int32_t on);            /* of the calling thread */
LK_API lk_status lk_autograd_inference_enter(void** guard);   /* guards are left in reverse order */
LK_API lk_status lk_autograd_inference_leave(void* guard);
LK_API lk_status lk_autograd_bump_version(lk_tensor* t);      /* after writing through the data pointer */

/* The backward of a custom function: grads[i] belongs to output i (null: zero), results[j] to input j (null: none). On entry
 * results[j] is null where that gradient is asked for; the others may be left as they are. What it writes is owned by the
 * native side. Returns 0, or writes a message of at most message_size bytes and returns 1. */
typedef int32_t (*lk_backward)(void* context, lk_tensor* const* grads, int32_t grad_count, lk_tensor** results, int32_t result_count,
    char* message, int32_t message_size);
/* Makes outputs (computed without recording) the results of a node over inputs; does nothing but release the context when
 * no input needs a gradient. release(context) is called once: when the node goes, or at once on failure. */
LK_API lk_status lk_autograd_custom(lk_tensor* const* inputs, int32_t input_count, lk_tensor* const* outputs, int32_t output_count,
    lk_backward backward, void (*release)(void*), void* context);

/* ---- generators ---------------------------------------------------------------------------------------------- */

LK_API lk_status lk_generator_create(int32_t device_type, int32_t device_index, uint64_t seed, lk_generator** out);
LK_API void lk_generator_release(lk_generator* g);
LK_API lk_status lk_generator_get_state(lk_generator* g, lk_tensor** state);
LK_API lk_status lk_generator_set_state(lk_generator* g, lk_tensor* state);

/* ---- precision, threads, devices ----------------------------------------------------------------------------- */

/* The state before is written to the was_ arguments, so that a scope can put it back. */
LK_API lk_status lk_autocast_set(int32_t device_type, int32_t enabled, int32_t dtype, int32_t* was_enabled, int32_t* was_dtype);
LK_API lk_status lk_autocast_clear_cache(void);
LK_API int32_t lk_threads_get(void);
LK_API lk_status lk_threads_set(int32_t count);
/* body(context, part) for each part 0 … parts - 1, on up to that many threads: those that libtorch's own operators run on, so
 * that the two never compete for a core. body must not throw. */
LK_API void lk_parallel_run(int32_t parts, int32_t threads, void (*body)(void* context, int32_t part), void* context);
/* Whether the calling thread and those that its operators run on take numbers below 2^-126 (fp32) for zero; returns what was. */
LK_API int32_t lk_denormals_flush(int32_t on);
LK_API int32_t lk_cuda_device_count(void);                    /* 0 where this libtorch has no CUDA */
LK_API lk_status lk_cuda_memory(int32_t index, int64_t* used, int64_t* total);

/* ---- TorchScript (executes code from the file: only for files that the user trusts) --------------------------- */

LK_API lk_status lk_script_load(const char* path, int32_t device_type, int32_t device_index, lk_script** out);
LK_API void lk_script_release(lk_script* s);
LK_API lk_status lk_script_forward(lk_script* s, lk_tensor* const* inputs, int32_t input_count, lk_tensor** output);

/* ---- images: 8-bit, rows top to bottom, channels interleaved --------------------------------------------------- */

enum { LK_IMAGE_PNG = 1, LK_IMAGE_JPEG = 2 };
/* Reads the header only. channels: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA. */
LK_API lk_status lk_image_info(const uint8_t* bytes, int64_t length, int32_t* format, int32_t* width, int32_t* height, int32_t* channels);
/* Decodes to the given number of channels into pixels, which holds width*height*channels bytes as lk_image_info said. */
LK_API lk_status lk_image_decode(const uint8_t* bytes, int64_t length, int32_t channels, uint8_t* pixels, int64_t pixel_bytes);
LK_API lk_status lk_image_encode_png(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels, uint8_t** bytes, int64_t* length);
LK_API lk_status lk_image_encode_jpeg(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels, int32_t quality, uint8_t** bytes, int64_t* length);

#ifdef __cplusplus
}
#endif
#endif
