// Images: which format it is, the checks that both share, and the change of channels.
#include <cstring>

#include "image.h"
#include "shim.h"

using namespace likeness;

namespace {

void check_bytes(const uint8_t* bytes, int64_t length) {
    TORCH_CHECK(bytes != nullptr && length > 0, "The image file is empty.");
}

ImageHeader read_header(const uint8_t* bytes, int64_t length, int32_t* format) {
    check_bytes(bytes, length);
    if (is_png(bytes, length)) {
        *format = LK_IMAGE_PNG;
        return png_info(bytes, length);
    }
    TORCH_CHECK(is_jpeg(bytes, length), "The file is neither a PNG nor a JPEG image.");
    *format = LK_IMAGE_JPEG;
    return jpeg_info(bytes, length);
}

// ITU-R 601 luma in 16-bit fixed point, as the field's image libraries compute it.
uint8_t luma(const uint8_t* rgb) {
    return static_cast<uint8_t>((rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
}

// Alpha is dropped, not blended: transparent pixels keep the colour that the file gives them.
void convert(const uint8_t* from, int32_t from_channels, uint8_t* to, int32_t to_channels, size_t count) {
    for (size_t i = 0; i < count; i++, from += from_channels, to += to_channels) {
        const bool colour = from_channels >= 3;
        const bool from_alpha = from_channels % 2 == 0;
        if (to_channels >= 3) {
            to[0] = from[0];
            to[1] = from[colour ? 1 : 0];
            to[2] = from[colour ? 2 : 0];
        } else {
            to[0] = colour ? luma(from) : from[0];
        }
        if (to_channels % 2 == 0) {
            to[to_channels - 1] = from_alpha ? from[from_channels - 1] : 255;
        }
    }
}

size_t checked_size(int32_t width, int32_t height, int32_t channels) {
    TORCH_CHECK(width > 0 && height > 0, "An image must have at least one pixel, not ", width, " x ", height, ".");
    TORCH_CHECK(channels >= 1 && channels <= 4, "An image has 1 to 4 channels, not ", channels, ".");
    return static_cast<size_t>(width) * static_cast<size_t>(height) * static_cast<size_t>(channels);
}

void give_bytes(const std::vector<uint8_t>& file, uint8_t** bytes, int64_t* length) {
    auto* copy = new_buffer<uint8_t>(file.size());
    std::memcpy(copy, file.data(), file.size());
    *bytes = copy;
    *length = static_cast<int64_t>(file.size());
}

}  // namespace

lk_status lk_image_info(const uint8_t* bytes, int64_t length, int32_t* format, int32_t* width, int32_t* height, int32_t* channels) {
    return guarded([&] {
        const auto header = read_header(bytes, length, format);
        *width = header.width;
        *height = header.height;
        *channels = header.channels;
    });
}

lk_status lk_image_decode(const uint8_t* bytes, int64_t length, int32_t channels, uint8_t* pixels, int64_t pixel_bytes) {
    return guarded([&] {
        int32_t format = 0;
        const auto header = read_header(bytes, length, &format);
        const auto wanted = checked_size(header.width, header.height, channels);
        TORCH_CHECK(pixel_bytes >= 0 && static_cast<size_t>(pixel_bytes) == wanted,
            "The decoded image needs ", wanted, " bytes, but ", pixel_bytes, " were offered.");
        const auto decode = format == LK_IMAGE_PNG ? png_decode : jpeg_decode;
        if (channels == header.channels) {
            decode(bytes, length, header, pixels);
            return;
        }
        std::vector<uint8_t> natural(checked_size(header.width, header.height, header.channels));
        decode(bytes, length, header, natural.data());
        convert(natural.data(), header.channels, pixels, channels,
            static_cast<size_t>(header.width) * static_cast<size_t>(header.height));
    });
}

lk_status lk_image_encode_png(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels, uint8_t** bytes, int64_t* length) {
    return guarded([&] {
        checked_size(width, height, channels);
        give_bytes(png_encode(pixels, {width, height, channels}), bytes, length);
    });
}

lk_status lk_image_encode_jpeg(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels, int32_t quality,
    uint8_t** bytes, int64_t* length) {
    return guarded([&] {
        const auto size = checked_size(width, height, channels);
        TORCH_CHECK(quality >= 1 && quality <= 100, "JPEG quality goes from 1 to 100, not ", quality, ".");
        if (channels % 2 == 1) {
            give_bytes(jpeg_encode(pixels, {width, height, channels}, quality), bytes, length);
            return;
        }
        // JPEG has no alpha.
        const auto opaque = channels - 1;
        std::vector<uint8_t> copy(size / static_cast<size_t>(channels) * static_cast<size_t>(opaque));
        convert(pixels, channels, copy.data(), opaque, size / static_cast<size_t>(channels));
        give_bytes(jpeg_encode(copy.data(), {width, height, opaque}, quality), bytes, length);
    });
}
