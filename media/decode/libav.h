// The few calls into libavcodec and libswscale that a camera decoder needs. One goroutine at a time uses a decoder.
#ifndef IOCWALL_LIBAV_H
#define IOCWALL_LIBAV_H

#include <stdint.h>

typedef struct wall_decoder wall_decoder;
typedef struct wall_device wall_device;
typedef struct wall_worker wall_worker;

// wall_picture describes the picture that a decoder holds.
typedef struct {
	int width, height;
	int64_t pts;
	int count;      // pictures that became ready with the last unit
	uint64_t print; // fingerprint of the brightness, never 0
} wall_picture;

// wall_plan says which part of the newest picture becomes a picture of which size.
typedef struct {
	int x, y, w, h;    // part of the decoded picture in pixels, on borders of its chroma samples
	int width, height; // picture to make
	int matrix;        // 601 or 709: the matrix that the made YUV picture has
	int full;          // and whether its range is full
} wall_plan;

// Results beyond libav's own negative codes.
#define WALL_CORRUPT (-0x57414c4c)   // a picture came out damaged
#define WALL_MISSING (-0x57414c50)   // pictures were made up
#define WALL_NO_CONFIG (-0x57414c4d) // the device decodes nothing of this codec
#define WALL_NO_FORMAT (-0x57414c4e) // the device refuses this stream
#define WALL_NO_TYPE (-0x57414c4f)   // this libavcodec knows no such device

// Codecs.
#define WALL_H264 0
#define WALL_H265 1
#define WALL_MJPEG 2

// wall_open makes a decoder; extra holds parameter sets with start codes and may be NULL. With a device it decodes there
// and never silently elsewhere.
int wall_open(wall_decoder **out, int codec, const uint8_t *extra, int extra_len, wall_device *device);

// wall_slot is where a unit and what came of it change hands. It is the caller's until todo is told, and from done on.
typedef struct {
	uint8_t *data; // where the unit goes, with start codes; NULL if there is no room
	int room, len; // of data in bytes, and of the unit
	int64_t pts;
	int begins; // pictures that may be begun to decode it: libavcodec makes up those that it misses
	wall_picture out;
	int rc;
} wall_slot;

// wall_worker_open starts a thread for a decoder. *done becomes readable, eight bytes, when a unit is done; it is the
// caller's to close. Writing a 1 of eight bytes to *todo, which is the worker's, has the unit in the slot decoded; until
// it is done nothing else may be called for this decoder.
int wall_worker_open(wall_worker **out, wall_decoder *d, int *done, int *todo);

// wall_worker_slot returns the worker's slot, which stays where it is, with room for a unit of that many bytes; NULL if
// there is no memory.
wall_slot *wall_worker_slot(wall_worker *w, int len);

// wall_worker_run decodes the unit in the slot on the caller's thread.
void wall_worker_run(wall_worker *w);

// wall_worker_close ends the thread; NULL is allowed.
void wall_worker_close(wall_worker *w);

// wall_prepare plans a picture of width × height of the part with these fractions. With yuv the size is that of the
// decoded part unless that is clearly larger than asked for.
int wall_prepare(wall_decoder *d, const double part[4], int width, int height, int yuv, wall_plan *plan);

// wall_rgba makes a planned picture. dst must have WALL_SLACK spare bytes after the last row.
int wall_rgba(wall_decoder *d, const wall_plan *plan, uint8_t *dst);

// wall_yuv makes a planned picture in three planes, whose rows are padded to multiples of four samples: Y at dst, U and V
// that many bytes behind it. Each must have WALL_SLACK spare bytes after its last row.
int wall_yuv(wall_decoder *d, const wall_plan *plan, uint8_t *dst, int u, int v);

// wall_flush forgets all pictures, so that decoding starts at the next key frame.
void wall_flush(wall_decoder *d);

// wall_close frees everything; NULL is allowed.
void wall_close(wall_decoder *d);

// wall_device_open opens hardware by the name of its interface; path may be NULL. Drivers are known to hang in it.
int wall_device_open(wall_device **out, const char *type, const char *path);
void wall_device_close(wall_device *device);

// wall_error writes the words for a libav code.
void wall_error(int code, char *buf, int len);

// WALL_ROOM is the room for a unit that a worker keeps ready at the least, in bytes.
#define WALL_ROOM (128 << 10)
#define WALL_PADDING 64
#define WALL_SLACK 256

#endif
