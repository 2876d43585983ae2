package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/rtsp"
)

// camera is one of the province's cameras.
type camera struct {
	id  string
	cam *mediatest.Camera
}

// views are what the cameras see; their names, places and streams are in the
// province's configuration.
var views = []struct {
	id    string
	scene mediatest.Scene
	codec rtsp.Codec
}{
	{"cang-ky-ha", mediatest.Port, rtsp.H265},
	{"nga-tu-vinh-dien", mediatest.Road, rtsp.H264},
	{"cua-xa-chu-lai", mediatest.Bridge, rtsp.H264},
	{"ben-tam-quang", mediatest.Sea, rtsp.H264},
	{"pho-an-hoi", mediatest.Street, rtsp.H264},
	{"ben-ca-cua-dai", mediatest.Sea, rtsp.H265},
	{"cau-cau-lau", mediatest.Bridge, rtsp.H264},
	{"nut-giao-ha-lam", mediatest.Road, rtsp.H264},
	{"cau-cang-chu-lai", mediatest.Port, rtsp.H264},
	{"ql1-tam-ky-bac", mediatest.Road, rtsp.H264},
	{"cho-tam-ky", mediatest.Street, rtsp.H264},
	{"bien-an-bang", mediatest.Beach, rtsp.H264},
}

// openCameras codes what the cameras see, two at a time, and opens them.
func (p *Province) openCameras(ctx context.Context) error {
	clips := make([]*mediatest.Clip, len(views))
	errs := make([]error, len(views))
	gate := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for i, v := range views {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			p.o.Progress(fmt.Sprintf("camera %d of %d: %s", i+1, len(views), v.id))
			clips[i], errs[i] = mediatest.NewClip(ctx, mediatest.ClipOptions{
				Scene: v.scene, Codec: v.codec, Width: 640, Height: 360, FPS: 12, Length: 10 * time.Second, Seed: uint64(i + 1),
			})
		})
	}
	wg.Wait()
	for i, v := range views {
		if errs[i] != nil {
			return fmt.Errorf("demo: camera %s: %w", v.id, errs[i])
		}
		c, err := mediatest.NewCamera(mediatest.Options{
			Clip: clips[i], User: "relay", Pass: p.secrets.camera, Digest: i%2 == 0, Start: 17 * i, Logger: p.log,
		})
		if err != nil {
			return fmt.Errorf("demo: camera %s: %w", v.id, err)
		}
		p.cameras = append(p.cameras, &camera{id: v.id, cam: c})
	}
	return nil
}

// host returns the camera's host and port.
func (c *camera) host() string {
	u, err := url.Parse(c.cam.URL())
	if err != nil {
		return "127.0.0.1:1" // URL of a camera of ours always parses
	}
	return u.Host
}

// trouble makes one camera at a time fail for a while, as cameras do.
func (p *Province) trouble(ctx context.Context) error {
	rnd := rand.New(rand.NewPCG(4, 2))
	kinds := []mediatest.Fault{mediatest.FaultFreeze, mediatest.FaultSilent, mediatest.FaultDown, mediatest.FaultLoss, mediatest.FaultNoKey}
	for n := 0; ; n++ {
		if !pause(ctx, 25*time.Second) {
			return nil
		}
		c, f := p.cameras[rnd.IntN(len(p.cameras))], kinds[n%len(kinds)]
		p.log.Debug("a camera fails", "camera", c.id, "fault", string(f))
		if err := c.cam.SetFault(f); err != nil {
			return err
		}
		if !pause(ctx, 30*time.Second) {
			return nil
		}
		if err := c.cam.SetFault(mediatest.FaultNone); err != nil {
			return err
		}
	}
}

// pause waits and reports whether ctx still lives.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
