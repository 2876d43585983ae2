package decode

import (
	_ "embed"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"

	"iocwall/media"
	"iocwall/media/rtsp"
)

// The streams of the self-test; testdata/README.md says how they were made.
var (
	//go:embed testdata/sample.h264
	sampleH264 []byte
	//go:embed testdata/sample.h265
	sampleH265 []byte
	//go:embed testdata/sample.mjpeg
	sampleMJPEG []byte
)

// samples returns the access units of the embedded streams.
func samples() map[media.Codec][][][]byte {
	return map[media.Codec][][][]byte{
		media.H264: units(media.H264, sampleH264),
		media.H265: units(media.H265, sampleH265),
		rtsp.MJPEG: jpegs(sampleMJPEG),
	}
}

// units cuts an Annex B stream at its access unit delimiters, which it drops.
func units(codec media.Codec, stream []byte) [][][]byte {
	var nalus h264.AnnexB
	if err := nalus.Unmarshal(stream); err != nil {
		return nil
	}
	var out [][][]byte
	for _, n := range nalus {
		if codec == media.H264 && n[0]&0x1F == 9 || codec == media.H265 && n[0]>>1&0x3F == 35 {
			out = append(out, nil)
			continue
		}
		if len(out) > 0 {
			out[len(out)-1] = append(out[len(out)-1], n)
		}
	}
	return out
}

// jpegs cuts pictures apart at their end markers, which entropy-coded data cannot hold.
func jpegs(stream []byte) [][][]byte {
	var out [][][]byte
	for i := 1; i < len(stream); i++ {
		if stream[i-1] == 0xFF && stream[i] == 0xD9 {
			out = append(out, [][]byte{stream[:i+1]})
			stream, i = stream[i+1:], 0
		}
	}
	return out
}
