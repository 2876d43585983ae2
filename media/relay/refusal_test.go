package relay_test

import (
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// Cameras lock an account after a few wrong logins: after one refusal nothing is asked of a camera, however it is reached
// and whoever wants to see it, until its configuration changes.
func TestARefusedLoginIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	ways := []struct {
		name      string
		camera    mediatest.Options
		transport rtsp.Transport
	}{
		{"tcp", mediatest.Options{}, rtsp.TransportTCP},
		{"udp", mediatest.Options{UDP: true}, rtsp.TransportUDP},
		{"auto", mediatest.Options{UDP: true, NoTCP: true}, rtsp.TransportAuto},
		{"rtsps", mediatest.Options{Door: mediatest.DoorTLS}, rtsp.TransportTCP},
		{"rtsps with srtp", mediatest.Options{Door: mediatest.DoorSRTP}, rtsp.TransportTCP},
		{"rtsps with srtp over udp", mediatest.Options{Door: mediatest.DoorSRTP, UDP: true}, rtsp.TransportUDP},
	}
	for _, w := range ways {
		for _, fault := range []mediatest.Fault{mediatest.FaultRefuse, mediatest.FaultForbid} {
			t.Run(w.name+" "+string(fault), func(t *testing.T) {
				t.Parallel()
				opts := w.camera
				opts.User, opts.Pass, opts.Digest = "admin", "pw-of-camera", true
				cam := newCamera(t, opts)
				c := camera("c1", cam.URL())
				c.User, c.Pass, c.Transport = "admin", "pw-of-camera", w.transport
				if opts.Door != mediatest.DoorPlain {
					c.Fingerprint = cam.Fingerprint()
				}
				r := newRelay(t, relay.Options{
					Backoff: rtsp.Backoff{Min: 10 * time.Millisecond, Max: 50 * time.Millisecond}, Cameras: []relay.Camera{c},
				})
				await(t, "live", func() bool { return health(r).State == relay.StateLive })
				if err := cam.SetFault(fault); err != nil {
					t.Fatal(err)
				}
				await(t, "the refusal", func() bool { return health(r).State == relay.StateRefused })
				asked := cam.Counts()
				if err := r.SetCameras([]relay.Camera{c}); err != nil { // nothing new
					t.Fatal(err)
				}
				reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
				await(t, "the reader's refusal", func() bool { _, over := reader.over(); return over })
				time.Sleep(time.Second)
				if now := cam.Counts(); asked.Logins != 1 || now.Logins != 1 || now.Connections != asked.Connections {
					t.Errorf("%d wrong logins, then %d; %d more connections", asked.Logins, now.Logins, now.Connections-asked.Connections)
				}
				if err := cam.SetFault(mediatest.FaultNone); err != nil {
					t.Fatal(err)
				}
				c.AlwaysOn, c.Keep = false, time.Second // another configuration, of which the login is no part
				if err := r.SetCameras([]relay.Camera{c}); err != nil {
					t.Fatal(err)
				}
				await(t, "live again", func() bool { return health(r).State == relay.StateLive })
			})
		}
	}
}
