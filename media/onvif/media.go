package onvif

import (
	"context"
	"strings"
)

// Encodings of video. Others are kept as the camera names them, in lower case.
const (
	H264  = "h264"
	H265  = "h265"
	MJPEG = "mjpeg"
)

// Profile is one way in which a camera offers its picture.
type Profile struct {
	Token, Name   string
	Encoding      string  // H264, H265, MJPEG, another in lower case, or empty without video
	Width, Height int     // pixels
	FPS           float64 // frames a second that the encoder is limited to, 0 when not told
	PTZ           bool    // the camera can be turned through this profile
	Source        string  // which picture it is; a recorder has one source for each of its cameras
	media2        bool    // known to the newer of the two services
	node          string  // token of the PTZ node
}

// maxProfiles bounds what is kept: a recorder with 128 channels has 256.
const maxProfiles = 1024

// Profiles returns what the camera offers, in its own order. The newer service is asked first, since the older one
// cannot name H.265; a camera that has only one of them, or answers only on one, is read through that.
func (d *Device) Profiles(ctx context.Context) ([]Profile, error) {
	newer, err := d.profiles(ctx, nsMedia2)
	for _, p := range newer {
		if p.Encoding != "" {
			return newer, nil
		}
	}
	if err != nil && fatal(err) {
		return nil, err
	}
	older, olderErr := d.profiles(ctx, nsMedia)
	switch {
	case olderErr == nil && (len(older) > 0 || len(newer) == 0):
		return older, nil
	case err == nil:
		return newer, nil
	}
	return nil, olderErr
}

// fatal tells whether another question would meet the same end.
func fatal(err error) bool {
	switch ReasonOf(err) {
	case ReasonUnsupported, ReasonRefused, ReasonBadReply, ReasonNotONVIF:
		return false
	}
	return true
}

// profiles asks one of the media services.
func (d *Device) profiles(ctx context.Context, space string) ([]Profile, error) {
	service, err := d.service(ctx, "GetProfiles", space)
	if err != nil {
		return nil, err
	}
	body := empty(nsMedia, "GetProfiles")
	if space == nsMedia2 {
		body = `<GetProfiles xmlns="` + nsMedia2 + `"><Type>VideoSource</Type><Type>VideoEncoder</Type><Type>PTZ</Type></GetProfiles>`
	}
	reply, err := d.ask(ctx, service, space, "GetProfiles", body)
	if err != nil {
		return nil, err
	}
	return readProfiles(reply, space), nil
}

// readProfiles reads the answer of either media service.
func readProfiles(reply *element, space string) []Profile {
	var out []Profile
	for _, e := range reply.all(space, "Profiles") {
		p := Profile{Token: clean(e.attr("token"), 64), Name: e.string(nsSchema, "Name")}
		encoder, turn := e.child(nsSchema, "VideoEncoderConfiguration"), e.child(nsSchema, "PTZConfiguration")
		source := e.child(nsSchema, "VideoSourceConfiguration")
		if space == nsMedia2 {
			set := e.child(nsMedia2, "Configurations")
			encoder, turn, source = set.child(nsMedia2, "VideoEncoder"), set.child(nsMedia2, "PTZ"), set.child(nsMedia2, "VideoSource")
			p.Name, p.media2 = e.string(nsMedia2, "Name"), true
		}
		p.Encoding = encoding(encoder.string(nsSchema, "Encoding"))
		p.Width = encoder.count(1<<15, nsSchema, "Resolution", "Width")
		p.Height = encoder.count(1<<15, nsSchema, "Resolution", "Height")
		if v, ok := encoder.number(nsSchema, "RateControl", "FrameRateLimit"); ok && v > 0 && v <= 1000 {
			p.FPS = v
			// The older service divides by an interval: 25 with an interval of 5 are 5 frames a second.
			if by, ok := encoder.number(nsSchema, "RateControl", "EncodingInterval"); ok && by > 1 && by <= v {
				p.FPS = v / by
			}
		}
		p.Source = source.string(nsSchema, "SourceToken")
		p.PTZ, p.node = turn != nil, turn.string(nsSchema, "NodeToken")
		if p.Token != "" && len(out) < maxProfiles {
			out = append(out, p)
		}
	}
	return out
}

// encoding turns the names of both services into ours.
func encoding(s string) string {
	switch lower := strings.ToLower(s); lower {
	case "h264", "h.264", "avc":
		return H264
	case "h265", "h.265", "hevc":
		return H265
	case "jpeg", "mjpeg", "motion-jpeg":
		return MJPEG
	default:
		return clean(lower, 16)
	}
}

// StreamURI returns the RTSP address of a profile, RTP over RTSP, without credentials. Where the camera names a host
// that cannot be reached from here, the host that was reached stands instead, with the port and path that it named.
func (d *Device) StreamURI(ctx context.Context, p Profile) (string, error) {
	return d.uri(ctx, p, "GetStreamUri", "rtsp", "rtsps")
}

// SnapshotURI returns the HTTP address of a still picture of a profile, without credentials.
func (d *Device) SnapshotURI(ctx context.Context, p Profile) (string, error) {
	return d.uri(ctx, p, "GetSnapshotUri", "http", "https")
}

func (d *Device) uri(ctx context.Context, p Profile, op string, schemes ...string) (string, error) {
	space := nsMedia
	inner := tag("ProfileToken", p.Token)
	if p.media2 {
		space = nsMedia2
	}
	if op == "GetStreamUri" {
		if p.media2 {
			inner = tag("Protocol", "RTSP") + inner
		} else {
			inner = `<StreamSetup><Stream xmlns="` + nsSchema + `">RTP-Unicast</Stream><Transport xmlns="` + nsSchema +
				`"><Protocol>RTSP</Protocol></Transport></StreamSetup>` + inner
		}
	}
	service, err := d.service(ctx, op, space)
	if err != nil {
		return "", err
	}
	reply, err := d.ask(ctx, service, space, op, "<"+op+` xmlns="`+space+`">`+inner+"</"+op+">")
	if err != nil {
		return "", err
	}
	answered := reply.at(nsMedia2, "Uri")
	if !p.media2 {
		answered = reply.child(nsMedia, "MediaUri").child(nsSchema, "Uri")
	}
	if answered == nil {
		return "", d.fail(ReasonBadReply, op, service, "the answer holds no address")
	}
	return d.fixURI(ctx, op, answered.text, schemes...)
}

// Sources returns the profiles of each source in the order in which a device names them: one for a camera, several for a
// recorder. Sources without a picture that can be shown are left out.
func Sources(profiles []Profile) [][]Profile {
	var out [][]Profile
	at := map[string]int{}
	for _, p := range profiles {
		if !shown(p) {
			continue
		}
		i, there := at[p.Source]
		if !there {
			i = len(out)
			at[p.Source] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], p)
	}
	return out
}

// Main returns the profile with the largest picture among those that can be shown; ok is false if there is none.
func Main(profiles []Profile) (p Profile, ok bool) {
	for _, q := range profiles {
		if shown(q) && (!ok || larger(q, p)) {
			p, ok = q, true
		}
	}
	return p, ok
}

// subWidth is the least width of a picture that still says something on a wall, in pixels.
const subWidth = 320

// Sub returns the profile with the smallest picture that is at least 320 pixels wide and smaller than the largest; ok is
// false if there is none.
func Sub(profiles []Profile) (p Profile, ok bool) {
	main, there := Main(profiles)
	if !there {
		return p, false
	}
	for _, q := range profiles {
		if !shown(q) || q.Token == main.Token || q.Width < subWidth || q.Width*q.Height >= main.Width*main.Height {
			continue
		}
		size, best := q.Width*q.Height, p.Width*p.Height
		if !ok || size < best || size == best && rank(q) < rank(p) {
			p, ok = q, true
		}
	}
	return p, ok
}

func shown(p Profile) bool {
	return p.Encoding == H264 || p.Encoding == H265 || p.Encoding == MJPEG
}

func larger(a, b Profile) bool {
	if x, y := a.Width*a.Height, b.Width*b.Height; x != y {
		return x > y
	}
	if rank(a) != rank(b) {
		return rank(a) < rank(b)
	}
	return a.FPS > b.FPS
}

// rank orders encodings of the same size: by what costs least to decode and send.
func rank(p Profile) int {
	switch p.Encoding {
	case H264:
		return 0
	case H265:
		return 1
	}
	return 2
}
