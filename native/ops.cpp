// Operators by name, called boxed through libtorch's dispatcher.
#include <memory>
#include <mutex>
#include <sstream>
#include <unordered_map>
#include <vector>

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include "shim.h"

using namespace likeness;
using c10::IValue;

namespace {

// libtorch's own optional until 2.1, std::optional since.
using MaybeTensor = decltype(std::declval<IValue&>().toOptional<at::Tensor>());

// What a call needs of an argument's schema, worked out once.
struct Argument {
    std::string name;
    bool floating;  // a double, perhaps optional: takes an integer too
    bool has_default;
    IValue fallback;
};

struct Operator {
    c10::OperatorHandle handle;
    std::string schema;
    std::vector<Argument> arguments;

    explicit Operator(const c10::OperatorHandle& found) : handle(found) {
        const auto& declared = found.schema();
        std::ostringstream text;
        text << declared;
        schema = text.str();
        for (const auto& argument : declared.arguments()) {
            auto type = argument.type();
            if (const auto optional = type->cast<c10::OptionalType>()) {
                type = optional->getElementType();
            }
            const auto& fallback = argument.default_value();
            arguments.push_back({argument.name(), type->kind() == c10::TypeKind::FloatType, fallback.has_value(),
                fallback.has_value() ? *fallback : IValue()});
        }
    }
};

template <class T>
const T* items(const lk_value& value) {
    return static_cast<const T*>(value.p);
}

at::Generator generator_of(void* handle) {
    if (handle == nullptr) {
        return {};
    }
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

template <class T>
c10::List<T> list_of(const T* values, int32_t count) {
    c10::List<T> list;
    list.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; i++) {
        list.push_back(values[i]);
    }
    return list;
}

c10::List<bool> flags_of(const lk_value& value) {
    c10::List<bool> list;
    for (int32_t i = 0; i < value.count; i++) {
        list.push_back(items<uint8_t>(value)[i] != 0);
    }
    return list;
}

c10::List<at::Tensor> tensors_of(const lk_value& value) {
    c10::List<at::Tensor> list;
    list.reserve(static_cast<size_t>(value.count));
    for (int32_t i = 0; i < value.count; i++) {
        list.push_back(borrow(items<lk_tensor*>(value)[i]));
    }
    return list;
}

c10::List<MaybeTensor> optional_tensors_of(const lk_value& value) {
    c10::List<MaybeTensor> list;
    list.reserve(static_cast<size_t>(value.count));
    for (int32_t i = 0; i < value.count; i++) {
        auto* handle = items<lk_tensor*>(value)[i];
        list.push_back(handle == nullptr ? MaybeTensor() : MaybeTensor(borrow(handle)));
    }
    return list;
}

IValue default_of(const Argument& argument) {
    TORCH_CHECK(argument.has_default, "The argument '", argument.name, "' has no default: give it a value.");
    return argument.fallback;
}

IValue value_of(const lk_value& value, const Argument& argument) {
    switch (value.tag) {
        case LK_NONE: return IValue();
        case LK_DEFAULT: return default_of(argument);
        case LK_TENSOR: return IValue(borrow(static_cast<lk_tensor*>(value.p)));
        case LK_TENSOR_LIST: return IValue(tensors_of(value));
        case LK_OPTIONAL_TENSORS: return IValue(optional_tensors_of(value));
        case LK_INT: return argument.floating ? IValue(static_cast<double>(value.i)) : IValue(value.i);
        case LK_INT_LIST: return IValue(list_of(items<int64_t>(value), value.count));
        case LK_DOUBLE: return IValue(value.d);
        case LK_DOUBLE_LIST: return IValue(list_of(items<double>(value), value.count));
        case LK_BOOL: return IValue(value.i != 0);
        case LK_BOOL_LIST: return IValue(flags_of(value));
        case LK_STRING: return IValue(std::string(items<char>(value), static_cast<size_t>(value.count)));
        // The schema's ScalarType, Layout and MemoryFormat are integers once boxed.
        case LK_DTYPE:
        case LK_LAYOUT:
        case LK_MEMORY_FORMAT: return IValue(value.i);
        case LK_DEVICE: return IValue(device_of(value.i, value.count));
        case LK_SCALAR_INT: return IValue(at::Scalar(value.i));
        case LK_SCALAR_DOUBLE: return IValue(at::Scalar(value.d));
        case LK_SCALAR_BOOL: return IValue(at::Scalar(value.i != 0));
        case LK_GENERATOR: return IValue(generator_of(value.p));
        default: TORCH_CHECK(false, "The argument '", argument.name, "' has the unknown tag ", value.tag, ".");
    }
}

void give_tensors(std::vector<at::Tensor> tensors, lk_value& result) {
    auto* handles = new_buffer<lk_tensor*>(tensors.size());
    for (size_t i = 0; i < tensors.size(); i++) {
        handles[i] = hand_out(std::move(tensors[i]));
    }
    result.tag = LK_TENSOR_LIST;
    result.count = static_cast<int32_t>(tensors.size());
    result.p = handles;
}

template <class T>
void give_list(const std::vector<T>& values, int32_t tag, lk_value& result) {
    auto* copy = new_buffer<T>(values.size());
    std::copy(values.begin(), values.end(), copy);
    result.tag = tag;
    result.count = static_cast<int32_t>(values.size());
    result.p = copy;
}

void give(IValue&& value, lk_value& result) {
    result = lk_value{};
    if (value.isTensor()) {
        result.p = hand_out(std::move(value).toTensor());
        result.tag = result.p == nullptr ? LK_NONE : LK_TENSOR;
    } else if (value.isTensorList()) {
        give_tensors(value.toTensorVector(), result);
    } else if (value.isInt()) {
        result.tag = LK_INT;
        result.i = value.toInt();
    } else if (value.isDouble()) {
        result.tag = LK_DOUBLE;
        result.d = value.toDouble();
    } else if (value.isBool()) {
        result.tag = LK_BOOL;
        result.i = value.toBool();
    } else if (value.isIntList()) {
        give_list(value.toIntVector(), LK_INT_LIST, result);
    } else if (value.isDoubleList()) {
        give_list(value.toDoubleVector(), LK_DOUBLE_LIST, result);
    } else {
        TORCH_CHECK(value.isNone(), "A result of kind ", value.tagKind(), " cannot be passed on.");
    }
}

// The argument stack is kept between calls; a call inside a call finds it taken and makes its own.
thread_local torch::jit::Stack spare_stack;

void call(const Operator& op, const lk_value* args, int32_t arg_count, lk_value* results, int32_t max_results, int32_t* result_count) {
    const auto declared = op.arguments.size();
    TORCH_CHECK(static_cast<size_t>(arg_count) <= declared, arg_count, " arguments were given, but there are ", declared, ".");
    auto stack = std::move(spare_stack);
    stack.clear();
    for (size_t i = 0; i < declared; i++) {
        stack.push_back(i < static_cast<size_t>(arg_count) ? value_of(args[i], op.arguments[i]) : default_of(op.arguments[i]));
    }
    op.handle.callBoxed(stack);
    const auto returned = static_cast<int32_t>(stack.size());
    for (int32_t i = 0; i < returned && i < max_results; i++) {
        give(std::move(stack[static_cast<size_t>(i)]), results[i]);
    }
    if (result_count != nullptr) {
        *result_count = returned;
    }
    stack.clear();
    spare_stack = std::move(stack);
}

}  // namespace

lk_status lk_op_find(const char* name, const char* overload, lk_op** op) {
    return guarded([&] {
        // Leaked on purpose: other threads may still be calling while the process ends.
        static auto& lock = *new std::mutex;
        static auto& known = *new std::unordered_map<std::string, std::unique_ptr<Operator>>;
        const c10::OperatorName wanted(name, overload == nullptr ? "" : overload);
        const std::lock_guard<std::mutex> hold(lock);
        auto& slot = known[wanted.name + "." + wanted.overload_name];
        if (slot == nullptr) {
            const auto found = c10::Dispatcher::singleton().findSchema(wanted);
            TORCH_CHECK(found.has_value(), "This libtorch (", TORCH_VERSION, ") has no operator ", wanted.name,
                wanted.overload_name.empty() ? "" : ".", wanted.overload_name, ".");
            slot = std::make_unique<Operator>(*found);
        }
        *op = reinterpret_cast<lk_op*>(slot.get());
    });
}

lk_status lk_op_schema(lk_op* op, const char** schema) {
    return guarded([&] { *schema = reinterpret_cast<const Operator*>(op)->schema.c_str(); });
}

lk_status lk_op_call(lk_op* op, const lk_value* args, int32_t arg_count, lk_value* results, int32_t max_results, int32_t* result_count) {
    return guarded([&] { call(*reinterpret_cast<const Operator*>(op), args, arg_count, results, max_results, result_count); });
}
