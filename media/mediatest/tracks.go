package mediatest

import (
	"fmt"
	"strconv"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"iocwall/media/rtsp"
)

// tracks are the media of a camera and the stream that serves them.
type tracks struct {
	stream *gortsplib.ServerStream
	video  *description.Media
	audio  *description.Media // nil without sound
	back   *description.Media // nil without a back channel
	encode func([][]byte) ([]*rtp.Packet, error)
	mute   *gortsplib.ServerStream // the same camera after it has lost its video
	ssrc   uint32                  // of the video, once a packet was sent; used by one goroutine
	count  uint32
	octets uint32

	soundNext uint16
	soundSent int // packets
}

// newTracks describes what the camera offers.
func newTracks(c *Camera) (*tracks, error) {
	forma, encode, err := packetizer(c.opts.codec(), c.clip.params, c.opts.Params)
	if err != nil {
		return nil, fmt.Errorf("mediatest: camera: %w", err)
	}
	t := &tracks{
		encode: encode,
		video:  &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{forma}},
	}
	medias := []*description.Media{t.video}
	if c.opts.Audio {
		t.audio = sound(false)
		medias = append(medias, t.audio)
	}
	if c.opts.BackChannel {
		t.back = sound(true)
		medias = append(medias, t.back)
	}
	t.stream = &gortsplib.ServerStream{Server: c.server, Desc: &description.Session{Medias: medias}}
	t.mute = &gortsplib.ServerStream{
		Server: c.server, Desc: &description.Session{Medias: []*description.Media{sound(false)}},
	}
	if err := t.stream.Initialize(); err != nil {
		return nil, fmt.Errorf("mediatest: camera: %w", err)
	}
	if err := t.mute.Initialize(); err != nil {
		t.stream.Close()
		return nil, fmt.Errorf("mediatest: camera: %w", err)
	}
	return t, nil
}

// sound describes a track of G.711.
func sound(back bool) *description.Media {
	return &description.Media{
		Type: description.MediaTypeAudio, IsBackChannel: back,
		Formats: []format.Format{&format.G711{MULaw: true, SampleRate: 8000, ChannelCount: 1}},
	}
}

func (t *tracks) close() {
	t.stream.Close()
	t.mute.Close()
}

// backTrack is the control address of the back channel as the server numbers it, empty without one.
func (t *tracks) backTrack() string {
	for i, m := range t.stream.Desc.Medias {
		if m == t.back && m != nil {
			return "trackID=" + strconv.Itoa(i)
		}
	}
	return ""
}

// audioTrack is the same for the sound.
func (t *tracks) audioTrack() string {
	if t.audio == nil {
		return ""
	}
	return "trackID=1"
}

// describe writes the description with the back channel in it, asked for or not, as some cameras do.
func (t *tracks) describe() ([]byte, error) {
	out := description.Session{}
	for i, m := range t.stream.Desc.Medias {
		out.Medias = append(out.Medias, &description.Media{
			Type: m.Type, IsBackChannel: m.IsBackChannel, Control: "trackID=" + strconv.Itoa(i), Formats: m.Formats,
		})
	}
	return out.Marshal(false)
}

// packetizer returns the format and its RTP encoder.
func packetizer(codec rtsp.Codec, params [][]byte, where Params) (format.Format, func([][]byte) ([]*rtp.Packet, error), error) {
	if where == ParamsInband {
		params = nil
	}
	switch codec {
	case rtsp.MJPEG:
		f := &format.MJPEG{}
		enc, err := f.CreateEncoder()
		if err != nil {
			return nil, nil, err
		}
		return f, func(u [][]byte) ([]*rtp.Packet, error) { return enc.Encode(u[0]) }, nil
	case rtsp.H265:
		f := &format.H265{PayloadTyp: 96}
		f.VPS, f.SPS, f.PPS = rtsp.Sets(codec, params)
		enc, err := f.CreateEncoder()
		if err != nil {
			return nil, nil, err
		}
		return f, enc.Encode, nil
	}
	f := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	_, f.SPS, f.PPS = rtsp.Sets(codec, params)
	enc, err := f.CreateEncoder()
	if err != nil {
		return nil, nil, err
	}
	return f, enc.Encode, nil
}

// write sends a video packet.
func (t *tracks) write(p *rtp.Packet) {
	t.stream.WritePacketRTP(t.video, p) //nolint:errcheck // a reader that is gone is told by its own error
	t.ssrc = p.SSRC
	t.count++
	t.octets += uint32(len(p.Payload))
}

// soundPacket is the length of one packet of sound.
const soundPacket = 20 * time.Millisecond

// hum sends the sound that is due: silence, 8,000 samples of 0xFF a second.
func (t *tracks) hum(played time.Duration, deaf bool) {
	if t.audio == nil {
		return
	}
	for ; time.Duration(t.soundSent)*soundPacket < played; t.soundSent++ {
		if deaf {
			continue
		}
		payload := make([]byte, 160)
		for i := range payload {
			payload[i] = 0xFF
		}
		p := &rtp.Packet{
			Header: rtp.Header{
				Version: 2, PayloadType: 0, SequenceNumber: t.soundNext, Timestamp: uint32(t.soundSent * 160), Marker: t.soundSent == 0,
			},
			Payload: payload,
		}
		t.soundNext++
		t.stream.WritePacketRTP(t.audio, p) //nolint:errcheck // see write
	}
}

// report sends an RTCP sender report (RFC 3550 §6.4.1): the camera's clock and the RTP time stamp of the same moment.
func (t *tracks) report(clock time.Time, stamp uint32) {
	if t.count == 0 {
		return
	}
	t.stream.WritePacketRTCP(t.video, &rtcp.SenderReport{ //nolint:errcheck // see write
		SSRC: t.ssrc, NTPTime: ntp(clock), RTPTime: stamp, PacketCount: t.count, OctetCount: t.octets,
	})
}

// ntp writes a time in the format of RFC 5905 §6: seconds since 1900 and their fraction.
func ntp(at time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(at.Unix()+since1900)<<32 | uint64(at.Nanosecond())<<32/1e9
}
