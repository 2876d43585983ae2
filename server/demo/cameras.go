package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/onvif/onviftest"
	"iocwall/media/rtsp"
)

// camera is one of the province's cameras: two streams of what it sees, and a
// head if it turns.
type camera struct {
	view
	main, sub *mediatest.Camera
	head      net.Listener // nil for one that does not turn
	device    *onviftest.Device
	failing   atomic.Bool
}

// view is what a camera sees. Its name, place and streams are in the province's
// configuration.
type view struct {
	id    string
	scene mediatest.Scene
	codec rtsp.Codec
	// large is for cameras whose main stream is worth a screen of its own;
	// coding it takes a while, the first time.
	large bool
	site  string
	turns bool
}

// views lists the cameras of the province.
func views() []view {
	const core, city = "tu-chu-lai", "tu-hoi-an"
	return []view{
		{id: "cang-ky-ha", scene: mediatest.Port, codec: rtsp.H265, large: true, site: core, turns: true},
		{id: "nga-tu-vinh-dien", scene: mediatest.Road, codec: rtsp.H264},
		{id: "cua-xa-chu-lai", scene: mediatest.Bridge, codec: rtsp.H264, site: core},
		{id: "ben-tam-quang", scene: mediatest.Sea, codec: rtsp.H264, site: core},
		{id: "pho-an-hoi", scene: mediatest.Street, codec: rtsp.H264, large: true, site: city},
		{id: "ben-ca-cua-dai", scene: mediatest.Sea, codec: rtsp.H265, site: city},
		{id: "cau-cau-lau", scene: mediatest.Bridge, codec: rtsp.H264, large: true, turns: true},
		{id: "nut-giao-ha-lam", scene: mediatest.Road, codec: rtsp.H264},
		{id: "cau-cang-chu-lai", scene: mediatest.Port, codec: rtsp.H264, site: core},
		{id: "ql1-tam-ky-bac", scene: mediatest.Road, codec: rtsp.H264},
		{id: "cho-tam-ky", scene: mediatest.Street, codec: rtsp.MJPEG},
		{id: "bien-an-bang", scene: mediatest.Beach, codec: rtsp.H264, large: true, site: city},
	}
}

// sizes returns the pixels of the camera's streams.
func (v view) sizes() (main, sub [2]int) {
	if v.large {
		return [2]int{1280, 720}, [2]int{640, 360}
	}
	// RTP carries JPEG with sides of 8 times a whole number only (RFC 2435).
	return [2]int{640, 360}, [2]int{320, 176}
}

// openCameras codes what the cameras see, two at a time, and opens them.
func (p *Province) openCameras(ctx context.Context) error {
	all := views()
	p.cameras = make([]*camera, len(all))
	errs := make([]error, len(all))
	gate := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for i, v := range all {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			p.o.Progress(fmt.Sprintf("camera %d of %d: %s", i+1, len(all), v.id))
			p.cameras[i], errs[i] = p.openCamera(ctx, i, v)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (p *Province) openCamera(ctx context.Context, i int, v view) (*camera, error) {
	c := &camera{view: v}
	open := func(size [2]int, path string) (*mediatest.Camera, error) {
		clip, err := mediatest.NewClip(ctx, mediatest.ClipOptions{
			Scene: v.scene, Codec: v.codec, Width: size[0], Height: size[1], FPS: 12, Length: 10 * time.Second, Seed: uint64(i + 1),
		})
		if err != nil {
			return nil, fmt.Errorf("demo: camera %s: %w", v.id, err)
		}
		cam, err := mediatest.NewCamera(mediatest.Options{
			Clip: clip, Path: path, User: "relay", Pass: p.secrets.camera, Digest: i%2 == 0, Start: 17 * i, Logger: p.log,
		})
		if err != nil {
			return nil, fmt.Errorf("demo: camera %s: %w", v.id, err)
		}
		return cam, nil
	}
	main, sub := v.sizes()
	var err error
	if c.main, err = open(main, "/main"); err != nil {
		return nil, err
	}
	if c.sub, err = open(sub, "/sub"); err != nil {
		return nil, err
	}
	if v.turns {
		if c.head, err = loopback(); err != nil {
			return nil, err
		}
		c.device = onviftest.New(onviftest.Options{
			Host: c.head.Addr().String(), Manufacturer: "Trình diễn", Model: "PTZ", Serial: v.id, Name: v.id,
			User: "relay", Password: p.secrets.camera, Presets: []string{"Toàn cảnh", "Cầu", "Bến"},
		})
	}
	return c, nil
}

// runs returns what runs for the camera.
func (c *camera) runs() []func(context.Context) error {
	out := []func(context.Context) error{c.main.Run, c.sub.Run}
	if c.device != nil {
		out = append(out, c.runHead)
	}
	return out
}

// runHead answers for the part that turns until ctx ends.
func (c *camera) runHead(ctx context.Context) error {
	srv := &http.Server{Handler: c.device, ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(c.head) }()
	select {
	case err := <-ended:
		return fmt.Errorf("demo: head of camera %s: %w", c.id, err)
	case <-ctx.Done():
	}
	err := srv.Close()
	<-ended
	return err
}

// fail makes both streams of the camera misbehave, or behave again.
func (c *camera) fail(f mediatest.Fault) error {
	c.failing.Store(f != mediatest.FaultNone)
	return errors.Join(c.main.SetFault(f), c.sub.SetFault(f))
}

// values are what the configuration asks for of the camera.
func (c *camera) values(key string, into map[string]string) {
	into["camera_"+key] = c.main.Addr()
	into["camera_"+key+"_sub"] = c.sub.Addr()
	if c.head != nil {
		into["head_"+key] = c.head.Addr().String()
	}
}
