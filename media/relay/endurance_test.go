package relay_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// Two thousand broken sessions with cameras, and some with readers, leave nothing behind.
func TestThousandsOfReconnectsLeaveNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	const wanted, parallel = 2000, 8
	cam := newCamera(t, mediatest.Options{})
	var all []relay.Camera
	for i := range parallel {
		all = append(all, camera(fmt.Sprint("c", i), cam.URL()))
	}
	r := newRelay(t, relay.Options{
		Backoff: rtsp.Backoff{Min: time.Millisecond, Max: 2 * time.Millisecond}, Step: 50 * time.Millisecond,
		Linger: 10 * time.Millisecond, ProbeEvery: -1,
	})
	// measure disconnects everything and returns goroutines and bytes in use.
	measure := func() (int, uint64) {
		if err := r.SetCameras(nil); err != nil {
			t.Fatal(err)
		}
		await(t, "the sessions to end", func() bool { return cam.Counts().Playing == 0 })
		least := runtime.NumGoroutine()
		for range 50 { // the last of them take a moment
			time.Sleep(10 * time.Millisecond)
			least = min(least, runtime.NumGoroutine())
		}
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return least, m.HeapAlloc
	}
	storm := func(t *testing.T, until int) {
		t.Helper()
		if err := r.SetCameras(all); err != nil {
			t.Fatal(err)
		}
		reader := read(t, r.URL("c0", "main"), token("*", time.Minute))
		deadline := time.Now().Add(4 * guard)
		for cam.Counts().Sessions < until {
			if time.Now().After(deadline) {
				t.Fatalf("%d sessions in %v", cam.Counts().Sessions, 4*guard)
			}
			if _, over := reader.over(); over {
				reader.stop()
				reader = read(t, r.URL("c0", "main"), token("*", time.Minute))
			}
			if cam.Counts().Playing >= parallel/2 {
				if err := cam.SetFault(mediatest.FaultReset); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(2 * time.Millisecond)
		}
		reader.stop()
	}
	t.Run("first", func(t *testing.T) { storm(t, 200) }) // a test of its own forgets its readers at its end
	goroutines, bytes := measure()
	t.Run("many", func(t *testing.T) { storm(t, wanted) })
	goroutinesThen, bytesThen := measure()
	t.Logf("after %d sessions: %d goroutines, %d kB; after 200: %d, %d kB",
		cam.Counts().Sessions, goroutinesThen, bytesThen>>10, goroutines, bytes>>10)
	if goroutinesThen*20 > goroutines*21 {
		t.Errorf("%d goroutines became %d", goroutines, goroutinesThen)
	}
	// The camera of the test remembers when it sent what, in some 60 kB.
	if bytesThen*20 > bytes*21+20*60_000 {
		t.Errorf("%d bytes became %d", bytes, bytesThen)
	}
}
