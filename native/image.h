// What the two image formats share: the natural pixels of a file, and the passage from one number of channels to another.
#pragma once

#include <cstdint>
#include <vector>

namespace likeness {

struct ImageHeader {
    int32_t width;
    int32_t height;
    int32_t channels;  // of the file: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA
};

// Every one of these throws c10::Error with one sentence when the file is not as it should be.
bool is_png(const uint8_t* bytes, int64_t length);
ImageHeader png_info(const uint8_t* bytes, int64_t length);
// pixels holds width * height * header.channels bytes.
void png_decode(const uint8_t* bytes, int64_t length, const ImageHeader& header, uint8_t* pixels);
std::vector<uint8_t> png_encode(const uint8_t* pixels, const ImageHeader& header);

bool is_jpeg(const uint8_t* bytes, int64_t length);
ImageHeader jpeg_info(const uint8_t* bytes, int64_t length);
void jpeg_decode(const uint8_t* bytes, int64_t length, const ImageHeader& header, uint8_t* pixels);
// channels 1 or 3.
std::vector<uint8_t> jpeg_encode(const uint8_t* pixels, const ImageHeader& header, int32_t quality);

}  // namespace likeness
