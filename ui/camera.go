package ui

import (
	"context"
	"hash/fnv"
	"image"
	"time"

	"iocwall/media"
	"iocwall/server/world"
	"iocwall/ui/tile"
)

// cameraContent plays a camera on a tile.
type cameraContent struct {
	u      *UI
	t      *tile.Camera
	id     string
	stream string
	fixed  bool // the scene names the stream
	at     spot

	player Player
	cancel context.CancelFunc
	failed string
	target image.Point
	hidden bool

	said  time.Time // when the words were last brought up to date
	state media.State
	why   media.Reason
}

func newCameraContent(u *UI, env *tile.Env, p world.Tile) content {
	return &cameraContent{
		u: u, t: tile.NewCamera(env), id: param(p, "camera", "id"),
		stream: p.Param("stream"), fixed: p.Param("stream") != "", cancel: func() {},
	}
}

func (c *cameraContent) object() tile.Tile { return c.t }
func (c *cameraContent) close() {
	c.cancel()
	c.t.Release()
}
func (c *cameraContent) hide(off bool) {
	c.hidden, c.said = off, time.Time{}
	if off {
		c.t.Conceal()
	}
}

func (c *cameraContent) place(s spot) { c.at, c.said = s, time.Time{} }

func (c *cameraContent) update(now time.Time, _ bool) bool {
	def, known := c.camera()
	if known && c.player == nil && c.failed == "" && c.u.o.NewPlayer != nil {
		c.open(def)
	}
	if c.player == nil {
		if now.Sub(c.said) >= time.Second {
			c.said = now
			c.t.Update(c.absent(def, known, now))
		}
		return false
	}
	f, has := c.player.Frame()
	if has && f.Seq != c.t.Seq() && !c.hidden {
		c.t.SetPicture(f.Image, f.Seq)
	}
	st := c.player.Stats()
	if due := c.due(st); now.Sub(c.said) >= due || st.State != c.state || st.Reason != c.why {
		first := c.said.IsZero()
		c.said, c.state, c.why = now, st.State, st.Reason
		if first && !c.t.OnPlane() {
			c.said = now.Add(-c.stagger())
		}
		c.t.Update(tile.CameraView{Name: name(def), Stats: st, Main: mainStream(def), Told: c.told(), Now: now, Cover: c.u.cover(now)})
	}
	want := c.t.PictureSize()
	if c.hidden {
		want = image.Point{}
	}
	if want != c.target {
		c.target = want
		c.player.SetTarget(want.X, want.Y)
	}
	return has && !c.hidden && !c.t.OnPlane() && now.Sub(f.Arrived) < time.Second
}

// stagger spreads the tiles' writing over the second, so that no single tick
// pays for all of it. Pictures on planes need no repaints, so there the words
// come together and cost one.
func (c *cameraContent) stagger() time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.at.tile.ID))
	return time.Duration(h.Sum32()%10) * 80 * time.Millisecond
}

// due is how long the words on the tile stay right: an age in tenths of a
// second is brought up to date each second, a progress bar more often.
func (c *cameraContent) due(st media.Stats) time.Duration {
	switch st.State {
	case media.StateOpening:
		return 200 * time.Millisecond
	case media.StateLate:
		return 500 * time.Millisecond
	}
	return time.Second
}

func (c *cameraContent) camera() (world.Camera, bool) {
	if c.u.model.state == nil {
		return world.Camera{CameraDefined: world.CameraDefined{ID: c.id}}, false
	}
	cam, ok := c.u.model.state.Camera(c.id)
	if !ok {
		cam.ID = c.id
	}
	return cam, ok
}

func (c *cameraContent) open(def world.Camera) {
	if !c.fixed {
		c.stream = chooseStream(def.Streams, c.at.rect.Dy())
	}
	p, err := c.u.o.NewPlayer(c.id, c.stream, c.u.poke)
	if err != nil {
		c.failed = err.Error()
		c.u.log.Error("player not made", "camera", c.id, "error", err)
		return
	}
	c.player = p
	c.cancel = c.u.jobs.start(func(ctx context.Context) {
		if err := p.Run(ctx); err != nil && ctx.Err() == nil {
			c.u.log.Error("player ended", "camera", c.id, "error", err)
		}
	})
}

// chooseStream takes the smallest stream that is at least as high as the tile,
// or the first one, which is the best.
func chooseStream(streams []world.CameraStream, height int) string {
	if len(streams) == 0 {
		return ""
	}
	best := streams[0]
	for _, s := range streams[1:] {
		if s.Height >= height*4/5 && s.Height > 0 && (best.Height == 0 || s.Height < best.Height) {
			best = s
		}
	}
	return best.Name
}

func mainStream(def world.Camera) string {
	if len(def.Streams) == 0 {
		return ""
	}
	return def.Streams[0].Name
}

func name(def world.Camera) string {
	if def.Name != "" {
		return def.Name
	}
	return def.ID
}

// absent is the view of a camera without a player: not known here, or one this
// computer cannot play.
func (c *cameraContent) absent(def world.Camera, known bool, now time.Time) tile.CameraView {
	st := media.Stats{State: media.StateNoSignal, Since: now}
	if known && def.Health.Since != 0 {
		st.Since = def.Health.Since.Std()
		if def.Health.State == world.CameraRefused {
			st.State = media.StateRefused
		}
	}
	v := tile.CameraView{Name: name(def), Stats: st, Told: c.told(), Now: now, Cover: c.u.cover(now)}
	if !known {
		v.Reason = c.u.lang.T("camera.unknown", "id", c.id)
		if c.u.model.state == nil {
			v.Reason = c.u.lang.T("wall.waiting")
		}
	} else if c.failed != "" {
		v.Reason = c.u.lang.T("camera.noplayer")
	}
	return v
}

// told is when a technician was told of this camera's trouble: an alert about
// it is open since then.
func (c *cameraContent) told() time.Time {
	for _, a := range c.u.model.alerts {
		if a.About == world.NewRef(world.KindCamera, c.id) {
			return a.Raised.Std()
		}
	}
	return time.Time{}
}
