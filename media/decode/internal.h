// What the C files share among themselves.
#ifndef IOCWALL_INTERNAL_H
#define IOCWALL_INTERNAL_H

#include <libavcodec/avcodec.h>
#include <libavutil/hwcontext.h>
#include <libswscale/swscale.h>

#include "libav.h"

// WALL_SCALERS is how many views a decoder serves without setting up a scaler anew for each picture.
#define WALL_SCALERS 12

// scaler is a converter and what it was set up for.
typedef struct {
	struct SwsContext *context;
	int w, h, format;       // from
	int width, height, to;  // to
	int from_matrix, to_matrix, full;
	uint64_t used;
} scaler;

// wall_memory is where a decoder's pictures lie.
typedef struct wall_memory wall_memory;

struct wall_decoder {
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *next;   // being received
	AVFrame *newest; // the picture that pictures are made of, in main memory
	AVFrame *host;   // being fetched from the device
	wall_memory *memory;
	enum AVPixelFormat hardware; // the device's format, AV_PIX_FMT_NONE without one
	int refused;                 // the device does not decode this stream
	int marked;                  // whether pictures are marked before they are decoded
	int begun;                   // pictures, with the last unit
	scaler scalers[WALL_SCALERS];
	uint64_t uses;
	uint8_t *scratch; // planes on their way to RGBA
	unsigned scratch_size;
};

struct wall_device {
	AVBufferRef *context;
	enum AVHWDeviceType type;
};

// wall_decode takes an access unit, whose buffer it consumes, and keeps the newest picture, unless more pictures than begins
// were begun.
int wall_decode(wall_decoder *d, AVBufferRef **unit, int len, int64_t pts, int begins, wall_picture *out);

// wall_print is a fingerprint of a picture's brightness.
uint64_t wall_print(const AVFrame *f);

// wall_mark marks the memory of a picture before it is decoded into; wall_covered reports whether no mark is left. The
// picture must not be cropped yet.
void wall_mark(AVFrame *f);
int wall_covered(const AVFrame *f);

// wall_memory_open has a decoder keep its pictures in huge pages; wall_memory_close forgets the memory, which goes when the
// last picture does. wall_get_buffer is the codec's get_buffer2.
int wall_memory_open(wall_decoder *d);
void wall_memory_close(wall_decoder *d);
int wall_get_buffer(AVCodecContext *codec, AVFrame *f, int flags);

// wall_free_scalers frees what wall_rgba and wall_yuv set up.
void wall_free_scalers(wall_decoder *d);

#endif
