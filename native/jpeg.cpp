// JPEG through libjpeg-turbo's TurboJPEG interface.
#include <cstring>
#include <limits>
#include <memory>

#include <turbojpeg.h>

#include "image.h"
#include "shim.h"

namespace likeness {

namespace {

struct Destroy {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, Destroy>;

Handle checked(tjhandle handle) {
    TORCH_CHECK(handle != nullptr, "libjpeg-turbo could not be started: ", tjGetErrorStr2(nullptr));
    return Handle(handle);
}

// Cameras leave stray bytes between segments, and every reader forgives them; all other damage means lost pixels.
bool harmless(tjhandle handle) {
    return tjGetErrorCode(handle) == TJERR_WARNING && std::strstr(tjGetErrorStr2(handle), "extraneous bytes") != nullptr;
}

struct Header {
    int width = 0;
    int height = 0;
    int colours = 0;
};

unsigned long checked_length(int64_t length) {
    TORCH_CHECK(length <= std::numeric_limits<int32_t>::max(), "A JPEG file of ", length, " bytes is too large: the limit is 2 GiB.");
    return static_cast<unsigned long>(length);
}

Header read_header(tjhandle handle, const uint8_t* bytes, int64_t length) {
    Header header;
    int sampling = 0;
    const auto status = tjDecompressHeader3(
        handle, bytes, checked_length(length), &header.width, &header.height, &sampling, &header.colours);
    TORCH_CHECK(status == 0 || harmless(handle), "The JPEG file is damaged: ", tjGetErrorStr2(handle), ".");
    return header;
}

bool is_cmyk(int colours) {
    return colours == TJCS_CMYK || colours == TJCS_YCCK;
}

void decompress(tjhandle handle, const uint8_t* bytes, int64_t length, const Header& header, int format, uint8_t* pixels) {
    // Limiting the scans stops files that ask for minutes of work per pixel.
    const auto status = tjDecompress2(handle, bytes, checked_length(length), pixels, header.width, 0, header.height, format,
        TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS);
    TORCH_CHECK(status == 0 || harmless(handle), "The JPEG file is damaged: ", tjGetErrorStr2(handle), ".");
}

}  // namespace

bool is_jpeg(const uint8_t* bytes, int64_t length) {
    return length >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

ImageHeader jpeg_info(const uint8_t* bytes, int64_t length) {
    const auto handle = checked(tjInitDecompress());
    const auto header = read_header(handle.get(), bytes, length);
    return {header.width, header.height, header.colours == TJCS_GRAY ? 1 : 3};
}

void jpeg_decode(const uint8_t* bytes, int64_t length, const ImageHeader& wanted, uint8_t* pixels) {
    const auto handle = checked(tjInitDecompress());
    const auto header = read_header(handle.get(), bytes, length);
    TORCH_CHECK(header.width == wanted.width && header.height == wanted.height, "The JPEG file changed while it was read.");
    if (!is_cmyk(header.colours)) {
        decompress(handle.get(), bytes, length, header, wanted.channels == 1 ? TJPF_GRAY : TJPF_RGB, pixels);
        return;
    }
    // Print files store inverted inks, so that light is the product of colour and black.
    const auto count = static_cast<size_t>(header.width) * static_cast<size_t>(header.height);
    std::vector<uint8_t> inks(count * 4);
    decompress(handle.get(), bytes, length, header, TJPF_CMYK, inks.data());
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < 3; c++) {
            pixels[i * 3 + c] = static_cast<uint8_t>((inks[i * 4 + c] * inks[i * 4 + 3] + 127) / 255);
        }
    }
}

std::vector<uint8_t> jpeg_encode(const uint8_t* pixels, const ImageHeader& header, int32_t quality) {
    const auto handle = checked(tjInitCompress());
    // High quality keeps the colour at full resolution.
    const auto sampling = header.channels == 1 ? TJSAMP_GRAY : quality >= 90 ? TJSAMP_444 : TJSAMP_420;
    unsigned char* file = nullptr;
    unsigned long size = 0;
    const auto status = tjCompress2(handle.get(), pixels, header.width, 0, header.height, header.channels == 1 ? TJPF_GRAY : TJPF_RGB,
        &file, &size, sampling, quality, TJFLAG_ACCURATEDCT);
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owned(file, tjFree);
    TORCH_CHECK(status == 0, "The image could not be written as JPEG: ", tjGetErrorStr2(handle.get()), ".");
    return std::vector<uint8_t>(file, file + size);
}

}  // namespace likeness
