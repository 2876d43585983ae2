package onvif_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"iocwall/media/onvif"
	"iocwall/media/onvif/onviftest"
)

// run serves a camera for the length of a test and returns its address.
func run(t *testing.T, cam *onviftest.Device) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- cam.Run(ctx, func(a string) { ready <- a }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	select {
	case a := <-ready:
		return a
	case err := <-done:
		done <- nil
		t.Skipf("no camera can be served here: %v", err)
		return ""
	}
}

func TestDiscoverOneAddress(t *testing.T) {
	cam := onviftest.New(onviftest.Options{Name: "Cầu Câu Lâu", Location: "Duy Xuyên", User: user, Password: password, Quirks: []onviftest.Quirk{onviftest.WrongHost}})
	other := onviftest.New(onviftest.Options{Serial: "2", Name: "Other"})
	address, second := run(t, cam), run(t, other)
	var told []string
	found, err := onvif.Discover(t.Context(), onvif.DiscoverOptions{
		Addresses: []string{address, second, address}, Timeout: 500 * time.Millisecond,
		OnFound: func(f onvif.Found) { told = append(told, f.Name) },
	})
	if err != nil || len(found) != 2 || len(told) != 2 {
		t.Fatalf("found %+v, told %q, %v", found, told, err)
	}
	f := found[0]
	if f.Name != "Cầu Câu Lâu" {
		f = found[1]
	}
	if f.Name != "Cầu Câu Lâu" || f.Location != "Duy Xuyên" || f.Hardware != "LB-1" || f.Address != "http://127.0.0.1/onvif/device_service" {
		t.Errorf("got %+v", f)
	}
}

func TestDiscoverByMulticast(t *testing.T) {
	link := loopback(t)
	cam := onviftest.New(onviftest.Options{Interface: link, Name: "lo"})
	address := run(t, cam)
	found, err := onvif.Discover(t.Context(), onvif.DiscoverOptions{Interfaces: []string{link}, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip("the loopback carries no multicast here; one address at a time is tested in TestDiscoverOneAddress")
	}
	if len(found) != 1 || found[0].Address != "http://"+address+"/onvif/device_service" || found[0].Interface != link {
		t.Errorf("found %+v", found)
	}
}

func loopback(t *testing.T) string {
	t.Helper()
	links, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		if l.Flags&net.FlagLoopback != 0 {
			return l.Name
		}
	}
	t.Skip("there is no loopback interface")
	return ""
}

func TestDiscoverSaysWhatIsWrong(t *testing.T) {
	_, err := onvif.Discover(t.Context(), onvif.DiscoverOptions{Interfaces: []string{"nosuch0"}})
	if err == nil || !strings.Contains(err.Error(), `"nosuch0"`) {
		t.Errorf("got %v", err)
	}
	_, err = onvif.Discover(t.Context(), onvif.DiscoverOptions{Addresses: []string{"127.0.0.1:port"}, Timeout: time.Second})
	if err == nil || !strings.Contains(err.Error(), "no usable port") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = onvif.Discover(ctx, onvif.DiscoverOptions{Addresses: []string{"127.0.0.1"}}); err == nil {
		t.Error("an ended context finds nothing and says nothing")
	}
}
