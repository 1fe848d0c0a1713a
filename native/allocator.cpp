// The CPU allocator of libtorch, replaced by one that keeps freed blocks for reuse.
//
// libtorch's own hands big blocks back to the kernel at every free, so that a training loop spends its time in page faults. Here
// a freed block waits in the list of its size class; a loop that asks for the same sizes each step touches no new page after the
// first. Blocks of 2 MiB and more start on a huge page.
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <utility>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include "shim.h"

namespace likeness {

namespace {

constexpr size_t alignment = 64;
constexpr size_t huge_page = size_t{2} << 20;
constexpr size_t largest = size_t{1} << 46;

// Stands in front of every block; 64 bytes, so that the data behind it stays aligned.
struct alignas(alignment) Header {
    size_t asked;       // bytes that the tensor asked for
    uint32_t size_class;
    Header* next;       // in the free list
};
static_assert(sizeof(Header) == alignment);

// Four classes to each doubling, from 128 bytes: at most a quarter of a block is idle.
constexpr int smallest_bits = 7;
constexpr size_t class_count = 4 * (46 - smallest_bits) + 1;

size_t class_size(size_t index) {
    const auto octave = index / 4;
    return (size_t{4} + index % 4) << (octave + smallest_bits - 2);
}

size_t class_of(size_t bytes) {
    if (bytes <= class_size(0)) {
        return 0;
    }
    const auto bits = static_cast<size_t>(63 - __builtin_clzll(bytes - 1));
    const auto quarter = ((bytes - 1) >> (bits - 2)) & 3;
    return 4 * (bits - smallest_bits) + quarter + 1;
}

std::string in_words(size_t bytes) {
    char text[32];
    const char* const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    auto value = static_cast<double>(bytes);
    while (value >= 1024 && unit < 4) {
        value /= 1024;
        unit++;
    }
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text;
}

// LIKENESS_CACHE_MB where it is set, else an eighth of the memory, at least 2 GiB but never more than half.
size_t cache_limit() {
    if (const char* text = std::getenv("LIKENESS_CACHE_MB")) {
        char* end = nullptr;
        const auto megabytes = std::strtoull(text, &end, 10);
        if (end != text && *end == 0 && megabytes < (largest >> 20)) {
            return static_cast<size_t>(megabytes) << 20;
        }
    }
    const auto memory = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGE_SIZE));
    return std::min(std::max(memory / 8, size_t{2} << 30), memory / 2);
}

void* map_huge(size_t bytes) {
    const auto span = bytes + huge_page;
    auto* start = static_cast<char*>(mmap(nullptr, span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (start == MAP_FAILED) {
        return nullptr;
    }
    const auto head = (huge_page - reinterpret_cast<uintptr_t>(start) % huge_page) % huge_page;
    if (head != 0) {
        munmap(start, head);
    }
    munmap(start + head + bytes, span - head - bytes);
    // A wish, not a need: the kernel may not offer huge pages.
    madvise(start + head, bytes, MADV_HUGEPAGE);
    return start + head;
}

class CachingAllocator final : public c10::Allocator {
public:
    // Which of the two the base declares, and whether copy_data is there, depends on libtorch's version; hence no "override".
    c10::DataPtr allocate(size_t bytes) const { return make(bytes); }
    c10::DataPtr allocate(size_t bytes) { return make(bytes); }
    void copy_data(void* to, const void* from, size_t bytes) const { std::memcpy(to, from, bytes); }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }

    void trim() {
        for (size_t i = 0; i < class_count; i++) {
            drop(i);
        }
    }

    size_t in_use() const { return in_use_.load(std::memory_order_relaxed); }
    size_t reserved() const { return reserved_.load(std::memory_order_relaxed); }

    // Never destroyed: tensors in static variables outlive every destructor.
    static CachingAllocator& instance() {
        static auto& only = *new CachingAllocator;
        return only;
    }

private:
    struct alignas(64) Class {
        std::mutex lock;
        Header* free = nullptr;
        std::atomic<uint64_t> last_use{0};
    };

    static c10::DataPtr make(size_t bytes) {
        auto* data = bytes == 0 ? nullptr : instance().take(bytes);
        return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
    }

    static void release(void* data) {
        if (data != nullptr) {
            instance().give_back(static_cast<Header*>(data) - 1);
        }
    }

    void* take(size_t bytes) {
        if (bytes > largest - alignment) {
            refuse(bytes);
        }
        const auto index = class_of(bytes + sizeof(Header));
        auto& home = classes_[index];
        home.last_use.store(clock_.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
        auto* block = pop(home);
        if (block != nullptr) {
            cached_.fetch_sub(class_size(index), std::memory_order_relaxed);
        } else {
            block = fresh(index, bytes);
        }
        block->asked = bytes;
        in_use_.fetch_add(bytes, std::memory_order_relaxed);
        return block + 1;
    }

    void give_back(Header* block) {
        const size_t index = block->size_class;
        const auto size = class_size(index);
        in_use_.fetch_sub(block->asked, std::memory_order_relaxed);
        if (cached_.fetch_add(size, std::memory_order_relaxed) + size > limit_) {
            make_room(index);
            if (cached_.load(std::memory_order_relaxed) > limit_) {
                cached_.fetch_sub(size, std::memory_order_relaxed);
                destroy(block);
                return;
            }
        }
        auto& home = classes_[index];
        const std::lock_guard<std::mutex> hold(home.lock);
        block->next = home.free;
        home.free = block;
    }

    static Header* pop(Class& home) {
        const std::lock_guard<std::mutex> hold(home.lock);
        auto* block = home.free;
        if (block != nullptr) {
            home.free = block->next;
        }
        return block;
    }

    Header* fresh(size_t index, size_t bytes) {
        const auto size = class_size(index);
        auto* memory = obtain(size);
        if (memory == nullptr) {
            trim();
            memory = obtain(size);
        }
        if (memory == nullptr) {
            refuse(bytes);
        }
        reserved_.fetch_add(size, std::memory_order_relaxed);
        auto* block = new (memory) Header;
        block->size_class = static_cast<uint32_t>(index);
        return block;
    }

    static void* obtain(size_t size) {
        if (size >= huge_page) {
            return map_huge(size);
        }
        void* memory = nullptr;
        return posix_memalign(&memory, alignment, size) == 0 ? memory : nullptr;
    }

    void destroy(Header* block) {
        const auto size = class_size(block->size_class);
        reserved_.fetch_sub(size, std::memory_order_relaxed);
        if (size >= huge_page) {
            munmap(block, size);
        } else {
            std::free(block);
        }
    }

    void drop(size_t index) {
        Header* blocks = nullptr;
        {
            const std::lock_guard<std::mutex> hold(classes_[index].lock);
            blocks = std::exchange(classes_[index].free, nullptr);
        }
        while (blocks != nullptr) {
            auto* next = blocks->next;
            cached_.fetch_sub(class_size(index), std::memory_order_relaxed);
            destroy(blocks);
            blocks = next;
        }
    }

    // Empties the classes that have waited longest, until a quarter of the cache is free: sizes that a finished phase used must
    // not keep the present one's out.
    void make_room(size_t keep) {
        const std::lock_guard<std::mutex> hold(room_lock_);
        std::array<size_t, class_count> order;
        size_t count = 0;
        for (size_t i = 0; i < class_count; i++) {
            if (i != keep && classes_[i].last_use.load(std::memory_order_relaxed) != 0) {
                order[count++] = i;
            }
        }
        std::sort(order.begin(), order.begin() + count, [&](size_t a, size_t b) {
            return classes_[a].last_use.load(std::memory_order_relaxed) < classes_[b].last_use.load(std::memory_order_relaxed);
        });
        for (size_t i = 0; i < count && cached_.load(std::memory_order_relaxed) > limit_ - limit_ / 4; i++) {
            drop(order[i]);
        }
    }

    [[noreturn]] void refuse(size_t bytes) const {
        TORCH_CHECK(false, "Out of memory: a tensor of ", in_words(bytes), " was asked for while ", in_words(in_use()),
            " are in use; use a smaller batch or model.");
        std::abort();
    }

    const size_t limit_ = cache_limit();
    std::array<Class, class_count> classes_;
    std::mutex room_lock_;
    std::atomic<uint64_t> clock_{1};
    std::atomic<size_t> in_use_{0};
    std::atomic<size_t> reserved_{0};
    std::atomic<size_t> cached_{0};
};

// libtorch's libraries are initialised before this one, which needs them, so theirs is in place by now.
__attribute__((constructor)) void install() {
    c10::SetCPUAllocator(&CachingAllocator::instance(), 1);
}

}  // namespace

}  // namespace likeness

using likeness::CachingAllocator;

int64_t lk_memory_in_use(void) {
    return static_cast<int64_t>(CachingAllocator::instance().in_use());
}

int64_t lk_memory_reserved(void) {
    return static_cast<int64_t>(CachingAllocator::instance().reserved());
}

void lk_memory_trim(void) {
    CachingAllocator::instance().trim();
#ifdef __GLIBC__
    // What libtorch and its libraries freed by themselves: the C library keeps it in an arena for each thread.
    malloc_trim(0);
#endif
}
