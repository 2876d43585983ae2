#include "libav.h"

#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#if AV_INPUT_BUFFER_PADDING_SIZE > WALL_PADDING
#error "WALL_PADDING is smaller than libavcodec wants"
#endif

// max_pixels bounds what a broken or hostile stream can make us allocate: 8K UHD.
#define MAX_PIXELS (8192LL * 4352LL)

struct wall_decoder {
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *next;   // being received
	AVFrame *newest; // the picture wall_convert works on
	struct SwsContext *scaler;
	int coefficients, full_range; // what the scaler was set up for
};

int wall_open(wall_decoder **out, int codec_id, const uint8_t *extra, int extra_len) {
	*out = NULL;
	// What the library says goes to the process's standard error, without the camera's name: errors are returned instead.
	av_log_set_level(AV_LOG_QUIET);
	const AVCodec *codec = avcodec_find_decoder(codec_id == 1 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264);
	if (!codec) {
		return AVERROR_DECODER_NOT_FOUND;
	}
	wall_decoder *d = av_mallocz(sizeof(*d));
	if (!d) {
		return AVERROR(ENOMEM);
	}
	d->coefficients = -1;
	d->codec = avcodec_alloc_context3(codec);
	d->packet = av_packet_alloc();
	d->next = av_frame_alloc();
	d->newest = av_frame_alloc();
	if (!d->codec || !d->packet || !d->next || !d->newest) {
		wall_close(d);
		return AVERROR(ENOMEM);
	}
	// Frame threads would add a frame of delay each, so a camera is decoded on one thread.
	d->codec->thread_count = 1;
	d->codec->flags |= AV_CODEC_FLAG_LOW_DELAY;
	d->codec->flags &= ~AV_CODEC_FLAG_OUTPUT_CORRUPT;
	d->codec->max_pixels = MAX_PIXELS;
	if (extra_len > 0) {
		d->codec->extradata = av_mallocz(extra_len + AV_INPUT_BUFFER_PADDING_SIZE);
		if (!d->codec->extradata) {
			wall_close(d);
			return AVERROR(ENOMEM);
		}
		memcpy(d->codec->extradata, extra, extra_len);
		d->codec->extradata_size = extra_len;
	}
	int rc = avcodec_open2(d->codec, codec, NULL);
	if (rc < 0 && extra_len > 0) {
		// Some cameras describe themselves wrongly but send good parameter sets in-band.
		av_freep(&d->codec->extradata);
		d->codec->extradata_size = 0;
		wall_close(d);
		return wall_open(out, codec_id, NULL, 0);
	}
	if (rc < 0) {
		wall_close(d);
		return rc;
	}
	*out = d;
	return 0;
}

// receive drains the decoder into newest. It returns how many whole pictures came out, or a negative code; *damaged is
// set when a damaged one came out too.
static int receive(wall_decoder *d, int *damaged) {
	int count = 0;
	for (;;) {
		int rc = avcodec_receive_frame(d->codec, d->next);
		if (rc == AVERROR(EAGAIN) || rc == AVERROR_EOF) {
			return count;
		}
		if (rc < 0) {
			return rc;
		}
		if (d->next->decode_error_flags || (d->next->flags & AV_FRAME_FLAG_CORRUPT)) {
			*damaged = 1;
			av_frame_unref(d->next);
			continue;
		}
		av_frame_unref(d->newest);
		av_frame_move_ref(d->newest, d->next);
		count++;
	}
}

int wall_decode(wall_decoder *d, const uint8_t *data, int len, int64_t pts, wall_picture *out) {
	memset(out, 0, sizeof(*out));
	// The packet is not reference counted: libavcodec copies it, so data stays the caller's.
	d->packet->data = (uint8_t *)data;
	d->packet->size = len;
	d->packet->pts = pts;
	d->packet->dts = AV_NOPTS_VALUE;
	int damaged = 0, count = 0;
	int rc = avcodec_send_packet(d->codec, d->packet);
	d->packet->data = NULL;
	d->packet->size = 0;
	int got = receive(d, &damaged);
	if (rc >= 0 && got < 0) {
		rc = got;
	}
	if (got > 0) {
		count = got;
	}
	if (rc < 0) {
		return rc;
	}
	if (damaged) {
		return WALL_CORRUPT;
	}
	out->count = count;
	if (count > 0) {
		out->width = d->newest->width;
		out->height = d->newest->height;
		out->pts = d->newest->pts;
	}
	return 0;
}

// planar maps the deprecated full-range formats to their plain twins; the range is told apart.
static enum AVPixelFormat planar(enum AVPixelFormat f, int *full) {
	switch (f) {
	case AV_PIX_FMT_YUVJ420P: *full = 1; return AV_PIX_FMT_YUV420P;
	case AV_PIX_FMT_YUVJ422P: *full = 1; return AV_PIX_FMT_YUV422P;
	case AV_PIX_FMT_YUVJ444P: *full = 1; return AV_PIX_FMT_YUV444P;
	case AV_PIX_FMT_YUVJ440P: *full = 1; return AV_PIX_FMT_YUV440P;
	default: return f;
	}
}

// matrix picks the colour matrix. A stream that does not say is taken as BT.709 from 720 lines on, else as BT.601.
static int matrix(const AVFrame *f) {
	switch (f->colorspace) {
	case AVCOL_SPC_BT709: return SWS_CS_ITU709;
	case AVCOL_SPC_BT470BG:
	case AVCOL_SPC_SMPTE170M: return SWS_CS_ITU601;
	case AVCOL_SPC_FCC: return SWS_CS_FCC;
	case AVCOL_SPC_SMPTE240M: return SWS_CS_SMPTE240M;
	case AVCOL_SPC_BT2020_NCL:
	case AVCOL_SPC_BT2020_CL: return SWS_CS_BT2020;
	default: return f->height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
	}
}

int wall_convert(wall_decoder *d, uint8_t *dst, int width, int height) {
	AVFrame *f = d->newest;
	if (!f->data[0] || width <= 0 || height <= 0) {
		return AVERROR(EINVAL);
	}
	int full = f->color_range == AVCOL_RANGE_JPEG;
	enum AVPixelFormat format = planar(f->format, &full);
	struct SwsContext *before = d->scaler;
	d->scaler = sws_getCachedContext(d->scaler, f->width, f->height, format, width, height, AV_PIX_FMT_RGBA,
		SWS_FAST_BILINEAR, NULL, NULL, NULL);
	if (!d->scaler) {
		return AVERROR(EINVAL);
	}
	int coefficients = matrix(f);
	if (d->scaler != before || coefficients != d->coefficients || full != d->full_range) {
		sws_setColorspaceDetails(d->scaler, sws_getCoefficients(coefficients), full,
			sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
		d->coefficients = coefficients;
		d->full_range = full;
	}
	uint8_t *planes[4] = {dst, NULL, NULL, NULL};
	int strides[4] = {4 * width, 0, 0, 0};
	int rows = sws_scale(d->scaler, (const uint8_t *const *)f->data, f->linesize, 0, f->height, planes, strides);
	return rows == height ? 0 : AVERROR(EINVAL);
}

void wall_flush(wall_decoder *d) { avcodec_flush_buffers(d->codec); }

void wall_close(wall_decoder *d) {
	if (!d) {
		return;
	}
	sws_freeContext(d->scaler);
	av_frame_free(&d->newest);
	av_frame_free(&d->next);
	av_packet_free(&d->packet);
	avcodec_free_context(&d->codec);
	av_free(d);
}

void wall_error(int code, char *buf, int len) { av_strerror(code, buf, len); }
