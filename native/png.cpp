// PNG through libpng. Its errors come by longjmp, so the frames that it jumps over hold nothing with a destructor.
#include <csetjmp>
#include <cstring>
#include <memory>

#include <png.h>

#include "image.h"
#include "shim.h"

namespace likeness {

namespace {

struct Source {
    const uint8_t* next;
    size_t left;
    char message[160];
};

void keep_error(png_structp png, png_const_charp message) {
    auto* text = static_cast<char*>(png_get_error_ptr(png));
    std::strncpy(text, message, 159);
    text[159] = 0;
    png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep to, size_t count) {
    auto* source = static_cast<Source*>(png_get_io_ptr(png));
    if (count > source->left) {
        png_error(png, "it ends too early");
    }
    std::memcpy(to, source->next, count);
    source->next += count;
    source->left -= count;
}

void write_bytes(png_structp png, png_bytep from, size_t count) {
    auto* file = static_cast<std::vector<uint8_t>*>(png_get_io_ptr(png));
    bool stored = true;
    try {
        file->insert(file->end(), from, from + count);
    } catch (...) {
        stored = false;
    }
    if (!stored) {
        png_error(png, "there is not enough memory");
    }
}

void flush_nothing(png_structp) {}

struct Reader {
    png_structp png = nullptr;
    png_infop info = nullptr;
    ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
};

struct Writer {
    png_structp png = nullptr;
    png_infop info = nullptr;
    ~Writer() { png_destroy_write_struct(&png, &info); }
};

// Up to the first pixel, with everything set to come out as 8-bit grey or RGB, with alpha where the file has it.
bool read_header(Reader& reader, ImageHeader& header) {
    auto* png = reader.png;
    auto* info = reader.info;
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    // Compressed text and colour profiles must not unpack without end.
    png_set_chunk_malloc_max(png, 8u << 20);
    png_set_chunk_cache_max(png, 128);
    png_read_info(png, info);
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    header.width = static_cast<int32_t>(png_get_image_width(png, info));
    header.height = static_cast<int32_t>(png_get_image_height(png, info));
    header.channels = png_get_channels(png, info);
    return true;
}

bool read_pixels(Reader& reader, png_bytepp rows) {
    if (setjmp(png_jmpbuf(reader.png)) != 0) {
        return false;
    }
    png_read_image(reader.png, rows);
    png_read_end(reader.png, nullptr);
    return true;
}

bool write_pixels(Writer& writer, const ImageHeader& header, png_bytepp rows) {
    static const int colours[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    if (setjmp(png_jmpbuf(writer.png)) != 0) {
        return false;
    }
    png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(header.width), static_cast<png_uint_32>(header.height), 8,
        colours[header.channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(writer.png, writer.info);
    png_write_image(writer.png, rows);
    png_write_end(writer.png, nullptr);
    return true;
}

void open(Reader& reader, Source& source) {
    reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, source.message, keep_error, ignore_warning);
    reader.info = reader.png == nullptr ? nullptr : png_create_info_struct(reader.png);
    TORCH_CHECK(reader.info != nullptr, "libpng could not be started.");
    png_set_read_fn(reader.png, &source, read_bytes);
}

std::vector<png_bytep> row_pointers(uint8_t* pixels, const ImageHeader& header) {
    const auto stride = static_cast<size_t>(header.width) * static_cast<size_t>(header.channels);
    std::vector<png_bytep> rows(static_cast<size_t>(header.height));
    for (size_t y = 0; y < rows.size(); y++) {
        rows[y] = pixels + y * stride;
    }
    return rows;
}

}  // namespace

bool is_png(const uint8_t* bytes, int64_t length) {
    return length >= 8 && png_sig_cmp(bytes, 0, 8) == 0;
}

ImageHeader png_info(const uint8_t* bytes, int64_t length) {
    Source source{bytes, static_cast<size_t>(length), ""};
    Reader reader;
    ImageHeader header{};
    open(reader, source);
    TORCH_CHECK(read_header(reader, header), "The PNG file is damaged: ", source.message, ".");
    return header;
}

void png_decode(const uint8_t* bytes, int64_t length, const ImageHeader& wanted, uint8_t* pixels) {
    Source source{bytes, static_cast<size_t>(length), ""};
    Reader reader;
    ImageHeader header{};
    open(reader, source);
    TORCH_CHECK(read_header(reader, header), "The PNG file is damaged: ", source.message, ".");
    TORCH_CHECK(header.width == wanted.width && header.height == wanted.height && header.channels == wanted.channels
            && png_get_rowbytes(reader.png, reader.info) == static_cast<size_t>(header.width) * static_cast<size_t>(header.channels),
        "The PNG file changed while it was read.");
    auto rows = row_pointers(pixels, header);
    TORCH_CHECK(read_pixels(reader, rows.data()), "The PNG file is damaged: ", source.message, ".");
}

std::vector<uint8_t> png_encode(const uint8_t* pixels, const ImageHeader& header) {
    std::vector<uint8_t> file;
    char message[160] = "";
    Writer writer;
    writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, keep_error, ignore_warning);
    writer.info = writer.png == nullptr ? nullptr : png_create_info_struct(writer.png);
    TORCH_CHECK(writer.info != nullptr, "libpng could not be started.");
    png_set_write_fn(writer.png, &file, write_bytes, flush_nothing);
    // libpng only reads the rows, though its interface does not say so.
    auto rows = row_pointers(const_cast<uint8_t*>(pixels), header);
    TORCH_CHECK(write_pixels(writer, header, rows.data()), "The image could not be written as PNG: ", message, ".");
    return file;
}

}  // namespace likeness
