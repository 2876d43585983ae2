package relay

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/rtsp"
)

// A storm takes five hundred cameras of twelve sites along at once, and none of them refuses: each is waited for until its
// time-out. All are known to be gone within three minutes, and each site is named as the one cause.
func TestAStormIsKnownSoon(t *testing.T) {
	const sites, perSite = 12, 42
	var cameras []Camera
	for site := range sites {
		for i := range perSite {
			id := fmt.Sprintf("c%d-%d", site, i)
			cameras = append(cameras, Camera{
				ID: id, Site: fmt.Sprint("site", site), Streams: []Stream{{Name: "main", URL: "rtsp://" + id}},
			})
		}
	}
	r, err := New(Options{Addr: "127.0.0.1:0", Step: time.Second, Signer: Signer{Key: make([]byte, MinKey)}, Cameras: cameras})
	if err != nil {
		t.Fatal(err)
	}
	defer r.listener.Close()
	synctest.Test(t, func(t *testing.T) {
		for path, cfg := range r.wanted {
			r.running[path] = &worker{up: newUpstream(r, cfg, nil)}
		}
		random := rand.New(rand.NewPCG(1, 2))
		p := probes{visits: map[string]*visit{}, hurried: map[string]time.Time{}, random: random.Float64}
		most := 0
		// pass lets time pass in which each probe takes so long and finds that.
		pass := func(d, takes time.Duration, finds rtsp.Reason, until func() bool) time.Duration {
			began := time.Now()
			for ; time.Since(began) < d; time.Sleep(r.opts.Step) {
				running := 0
				for _, u := range r.upstreams() {
					u.mu.Lock()
					probing, looked := u.probing, u.looked
					u.mu.Unlock()
					if !probing {
						continue
					}
					if time.Since(looked) >= takes {
						u.end(finds, "", 0, time.Time{})
						continue
					}
					running++
				}
				most = max(most, running)
				p.round(r, time.Now())
				if until() {
					break
				}
			}
			return time.Since(began)
		}
		never := func() bool { return false }
		pass(3*time.Minute, 700*time.Millisecond, rtsp.ReasonNone, never)
		for _, s := range r.Sites() {
			if s.Cameras != perSite || s.Down != 0 {
				t.Fatalf("before the storm: %+v", s)
			}
		}
		known := func() bool {
			for _, s := range r.Sites() {
				if s.Down < perSite {
					return false
				}
			}
			return true
		}
		took := pass(10*time.Minute, r.opts.Timeout, rtsp.ReasonTimeout, known)
		t.Logf("known after %v, %d cameras looked at side by side at most", took, most)
		if took > 3*time.Minute {
			t.Errorf("known after %v only", took)
		}
		for _, s := range r.Sites() {
			if s.Reason != rtsp.ReasonTimeout {
				t.Errorf("it is not named as the cause: %+v", s)
			}
		}
		if limit := place * r.opts.Probes; most > limit {
			t.Errorf("%d cameras looked at side by side, at most %d are allowed", most, limit)
		}
	})
}
