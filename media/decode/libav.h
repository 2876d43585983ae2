// The few calls into libavcodec and libswscale that a camera decoder needs. One goroutine at a time uses a decoder.
#ifndef IOCWALL_LIBAV_H
#define IOCWALL_LIBAV_H

#include <stdint.h>

typedef struct wall_decoder wall_decoder;

// wall_picture describes the picture that a decoder holds.
typedef struct {
	int width, height;
	int64_t pts;
	int count; // pictures that became ready with the last unit
} wall_picture;

// Results beyond libav's own negative codes.
#define WALL_CORRUPT (-0x57414c4c) // a picture came out damaged

// wall_open makes a decoder for codec 0 (H.264) or 1 (H.265); extra holds parameter sets with start codes, may be NULL.
int wall_open(wall_decoder **out, int codec, const uint8_t *extra, int extra_len);

// wall_decode takes one access unit with start codes, followed by WALL_PADDING zero bytes, and keeps the newest picture.
int wall_decode(wall_decoder *d, const uint8_t *data, int len, int64_t pts, wall_picture *out);

// wall_convert writes the newest picture, scaled, as RGBA. dst must have WALL_SLACK spare bytes after the last row.
int wall_convert(wall_decoder *d, uint8_t *dst, int width, int height);

// wall_flush forgets all pictures, so that decoding starts at the next key frame.
void wall_flush(wall_decoder *d);

// wall_close frees everything; NULL is allowed.
void wall_close(wall_decoder *d);

// wall_error writes the words for a libav code.
void wall_error(int code, char *buf, int len);

#define WALL_PADDING 64
#define WALL_SLACK 256

#endif
