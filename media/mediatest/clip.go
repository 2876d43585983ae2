package mediatest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"

	"iocwall/media/rtsp"
)

// ErrNoFFmpeg is wrapped by errors that say the ffmpeg program is missing. Tests skip on it.
var ErrNoFFmpeg = errors.New("the ffmpeg program is not installed; on Debian: apt-get install ffmpeg")

// ClipOptions says what a loop shows and how it is coded. The zero value of a field takes its default.
type ClipOptions struct {
	Scene    Scene         // default Sea
	Codec    rtsp.Codec    // default H.264
	Width    int           // default 640
	Height   int           // default 360
	FPS      int           // default 12
	Length   time.Duration // of the loop, default 10 s
	KeyEvery time.Duration // distance of key frames, default 2 s
	BFrames  int           // B-frames between two others, default 0 as in cameras
	Quality  int           // constant rate factor of the coder, less is more; default the coder's, which is thrifty; not of MJPEG
	Counter  bool          // draw the frame counter
	Abreast  int           // so many counters side by side, each in its own part of the width; default 1
	Seed     uint64        // varies the scene
	// CacheDir keeps coded clips between runs; default a folder of ours in the user's cache.
	CacheDir string
}

// unit is one access unit of a clip.
type unit struct {
	nalus  [][]byte
	key    bool
	pts    int // in frames, from the start of the clip
	number int // frame shown, which is what the counter says
}

// Clip is a coded loop, followed by one group of pictures in which the last frame stands still. It is read-only and may
// be shared by cameras.
type Clip struct {
	opts   ClipOptions
	units  []unit
	loop   int // units in the loop
	params [][]byte
}

// Frames returns the number of frames in the loop; counters run from 0 to Frames()-1.
func (c *Clip) Frames() int { return c.loop }

// Units returns the access units of the loop in decoding order, for tests and benchmarks of decoders. They are shared:
// do not change them.
func (c *Clip) Units() [][][]byte {
	return contents(c.units[:c.loop])
}

// Standing returns the access units of the picture that stands still during FaultFreeze, shared as those of Units.
func (c *Clip) Standing() [][][]byte { return contents(c.units[c.loop:]) }

func contents(units []unit) [][][]byte {
	out := make([][][]byte, len(units))
	for i := range out {
		out[i] = units[i].nalus
	}
	return out
}

// Size returns the size of the pictures in pixels.
func (c *Clip) Size() image.Point { return image.Pt(c.opts.Width, c.opts.Height) }

// Codec returns how the clip is coded.
func (c *Clip) Codec() rtsp.Codec { return c.opts.Codec }

// Parameters returns the parameter sets of the clip, shared.
func (c *Clip) Parameters() [][]byte { return c.params }

// clipVersion changes when clips made by older code must not be used any more.
const clipVersion = 4

func (o ClipOptions) withDefaults() ClipOptions {
	if o.Scene == "" {
		o.Scene = Sea
	}
	if o.Codec == "" {
		o.Codec = rtsp.H264
	}
	if o.Width == 0 || o.Height == 0 {
		o.Width, o.Height = 640, 360
	}
	if o.FPS == 0 {
		o.FPS = 12
	}
	if o.Length == 0 {
		o.Length = 10 * time.Second
	}
	if o.KeyEvery == 0 {
		o.KeyEvery = 2 * time.Second
	}
	o.Abreast = max(1, o.Abreast)
	return o
}

// gop is the distance of key frames in frames.
func (o ClipOptions) gop() int { return max(1, int(o.KeyEvery.Seconds()*float64(o.FPS)+.5)) }

// frames is the length of the loop: whole groups of pictures.
func (o ClipOptions) frames() int {
	g := o.gop()
	return max(g, (int(o.Length.Seconds()*float64(o.FPS)+.5)+g-1)/g*g)
}

func (o ClipOptions) check() error {
	switch {
	case o.Codec != rtsp.H264 && o.Codec != rtsp.H265 && o.Codec != rtsp.MJPEG:
		return fmt.Errorf("mediatest: codec %q is unknown; use h264, h265 or mjpeg", o.Codec)
	case o.Codec == rtsp.MJPEG && (o.Width%8 != 0 || o.Height%8 != 0 || o.Width > 2040 || o.Height > 2040):
		return fmt.Errorf("mediatest: picture size %d×%d; RTP carries JPEG with sides of 8 times 1 to 255 pixels (RFC 2435)", o.Width, o.Height)
	case o.Width < 64 || o.Height < 64 || o.Width > 4096 || o.Height > 4096 || o.Width%2 != 0 || o.Height%2 != 0:
		return fmt.Errorf("mediatest: picture size %d×%d; use even sides of 64 to 4096 pixels", o.Width, o.Height)
	case o.Abreast > 1 && o.Width/o.Abreast < 2*(counterSpan+2*counterQuiet):
		return fmt.Errorf("mediatest: %d counters in a width of %d pixels; each needs %d", o.Abreast, o.Width, 2*(counterSpan+2*counterQuiet))
	case o.FPS < 1 || o.FPS > 60:
		return fmt.Errorf("mediatest: %d frames a second; use 1 to 60", o.FPS)
	case o.frames() > MaxCounter:
		return fmt.Errorf("mediatest: a loop of %d frames does not fit the counter of %d", o.frames(), MaxCounter)
	}
	return nil
}

// NewClip makes a clip with the ffmpeg program or takes it from the cache. At 640×360 it takes about a second the first
// time. Errors wrap ErrNoFFmpeg when the program is missing and the clip is not cached.
func NewClip(ctx context.Context, opts ClipOptions) (*Clip, error) {
	o := opts.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	dir := o.CacheDir
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			base = os.TempDir()
		}
		dir = filepath.Join(base, "iocwall", "clips")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("mediatest: clip cache: %w", err)
	}
	key := o
	key.CacheDir = ""
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %+v", clipVersion, key))
	stem := filepath.Join(dir, fmt.Sprintf("%s-%s", o.Scene, hex.EncodeToString(sum[:8])))
	if c, err := loadClip(stem, o); err == nil {
		return c, nil
	}
	if err := encode(ctx, stem, o); err != nil {
		return nil, err
	}
	return loadClip(stem, o)
}

// encode draws the scene and codes it into stem+".es" with the packet times in stem+".idx".
func encode(ctx context.Context, stem string, o ClipOptions) error {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return fmt.Errorf("mediatest: make a clip: %w", ErrNoFFmpeg)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(stem), "new-")
	if err != nil {
		return fmt.Errorf("mediatest: clip cache: %w", err)
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // a left-over folder does no harm
	film, err := newFilm(o.Scene, image.Pt(o.Width, o.Height), o.frames(), o.Seed)
	if err != nil {
		return err
	}
	es, idx := filepath.Join(tmp, "es"), filepath.Join(tmp, "idx")
	cmd := exec.CommandContext(ctx, program, encoderArgs(o, es, idx)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("mediatest: start ffmpeg: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("mediatest: start ffmpeg: %w", err)
	}
	drawErr := drawAll(in, film, o)
	in.Close() //nolint:errcheck // the program's own exit tells
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("mediatest: ffmpeg: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	if drawErr != nil {
		return fmt.Errorf("mediatest: feed ffmpeg: %w", drawErr)
	}
	// The index comes last: a clip without it is not whole.
	if err := os.Rename(es, stem+".es"); err != nil {
		return fmt.Errorf("mediatest: clip cache: %w", err)
	}
	if err := os.Rename(idx, stem+".idx"); err != nil {
		return fmt.Errorf("mediatest: clip cache: %w", err)
	}
	return nil
}

// encoderArgs are ffmpeg's arguments: raw pictures on standard input, an elementary stream and its packet list out.
func encoderArgs(o ClipOptions, es, idx string) []string {
	g := strconv.Itoa(o.gop())
	args := []string{
		"-v", "error", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", o.Width, o.Height),
		"-r", strconv.Itoa(o.FPS), "-i", "-", "-an", "-map", "0:v",
		"-g", g, "-bf", strconv.Itoa(o.BFrames), "-threads", "2",
	}
	args = append(args, colours(o.Codec)...)
	if o.Quality > 0 && o.Codec != rtsp.MJPEG {
		args = append(args, "-crf", strconv.Itoa(o.Quality))
	}
	format := "h264"
	switch o.Codec {
	case rtsp.MJPEG:
		// RTP leaves the Huffman tables out, so they must be the standard's, and names a table for chroma (RFC 2435 §3.1).
		format = "mjpeg"
		args = append(args, "-c:v", "mjpeg", "-q:v", "5", "-huffman", "default", "-force_duplicated_matrix", "1")
	case rtsp.H265:
		// Cameras code without wavefronts, which would tell a decoder a little more of what is missing.
		format = "hevc"
		args = append(args, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
			fmt.Sprintf("log-level=none:aud=1:wpp=0:keyint=%s:min-keyint=%s:scenecut=0:open-gop=0:repeat-headers=1:bframes=%d", g, g, o.BFrames))
	default:
		args = append(args, "-c:v", "libx264", "-preset", "veryfast", "-x264-params",
			fmt.Sprintf("aud=1:keyint=%s:min-keyint=%s:scenecut=0:open-gop=0", g, g))
	}
	return append(args, "-f", "tee", fmt.Sprintf("[f=%s]%s|[f=framecrc]%s", format, es, idx))
}

// colours are the arguments that say how colours are coded: as HD cameras do it, or as JPEG prescribes (JFIF 1.02).
func colours(codec rtsp.Codec) []string {
	if codec == rtsp.MJPEG {
		return []string{"-vf", "scale=out_color_matrix=bt601:out_range=pc", "-pix_fmt", "yuvj420p"}
	}
	return []string{
		"-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p",
		"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
	}
}

// drawAll writes the loop and one standing group of pictures.
func drawAll(w io.Writer, f *film, o ClipOptions) error {
	out := bufio.NewWriterSize(w, 1<<20)
	for n := range o.frames() + o.gop() {
		n = min(n, o.frames()-1)
		img := f.frame(n)
		if o.Counter {
			for i := range o.Abreast {
				part := image.Rect(o.Width*i/o.Abreast, 0, o.Width*(i+1)/o.Abreast, o.Height)
				DrawCounter(img.SubImage(part).(draw.Image), n)
			}
		}
		if n < o.frames()-1 || o.Scene != Still {
			if _, err := out.Write(img.Pix); err != nil {
				return err
			}
			continue
		}
		// A camera that stands still has no noise either.
		for range o.gop() + 1 {
			if _, err := out.Write(img.Pix); err != nil {
				return err
			}
		}
		break
	}
	return out.Flush()
}

// loadClip reads a clip from the cache.
func loadClip(stem string, o ClipOptions) (*Clip, error) {
	es, err := os.ReadFile(stem + ".es")
	if err != nil {
		return nil, fmt.Errorf("mediatest: clip: %w", err)
	}
	idx, err := os.ReadFile(stem + ".idx")
	if err != nil {
		return nil, fmt.Errorf("mediatest: clip: %w", err)
	}
	return parseClip(es, idx, o)
}

// parseClip cuts an Annex B stream into the packets that a framecrc list describes.
func parseClip(es, idx []byte, o ClipOptions) (*Clip, error) {
	c := &Clip{opts: o, loop: o.frames()}
	rest := es
	for line := range strings.Lines(string(idx)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, ",") // stream, dts, pts, duration, size, crc
		if len(fields) < 5 {
			continue
		}
		pts, err1 := strconv.Atoi(strings.TrimSpace(fields[2]))
		size, err2 := strconv.Atoi(strings.TrimSpace(fields[4]))
		if err1 != nil || err2 != nil || size <= 0 || size > len(rest) {
			return nil, errors.New("mediatest: the clip's packet list does not fit the clip")
		}
		u, err := parseUnit(rest[:size], o.Codec)
		if err != nil {
			return nil, err
		}
		rest = rest[size:]
		u.pts, u.number = pts, min(pts, c.loop-1)
		c.units = append(c.units, u)
	}
	if len(c.units) != c.loop+o.gop() || !c.units[0].key || !c.units[c.loop].key {
		return nil, fmt.Errorf("mediatest: the clip has %d units, want %d with a key frame after each loop",
			len(c.units), c.loop+o.gop())
	}
	for _, n := range c.units[0].nalus {
		if o.Codec != rtsp.MJPEG && rtsp.IsParameterSet(o.Codec, n) {
			c.params = append(c.params, n)
		}
	}
	return c, nil
}

// parseUnit splits one packet into NAL units without delimiters; a JPEG stays whole.
func parseUnit(packet []byte, codec rtsp.Codec) (unit, error) {
	if codec == rtsp.MJPEG {
		if len(packet) < 4 || packet[0] != 0xFF || packet[1] != 0xD8 {
			return unit{}, errors.New("mediatest: the clip is not a row of JPEG pictures")
		}
		return unit{nalus: [][]byte{packet}, key: true}, nil
	}
	var annexB h264.AnnexB
	if err := annexB.Unmarshal(packet); err != nil {
		return unit{}, fmt.Errorf("mediatest: the clip is not an Annex B stream: %w", err)
	}
	var u unit
	for _, n := range annexB {
		delimiter := codec == rtsp.H264 && n[0]&0x1F == 9 || codec == rtsp.H265 && n[0]>>1&0x3F == 35
		if !delimiter {
			u.nalus = append(u.nalus, n)
		}
	}
	u.key = rtsp.IsKey(codec, u.nalus)
	return u, nil
}
