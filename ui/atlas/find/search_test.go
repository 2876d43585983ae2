package find

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/tiles"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/maps"
	"iocwall/ui/words"
)

const wells = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Trạm A0"},"geometry":{"type":"Point","coordinates":[108,15]}}]}`

// TestChoiceStaysWhileLayersCome: what was chosen is still chosen when layers were read
// meanwhile; a layer that cannot be read costs no new index.
func TestChoiceStaysWhileLayersCome(t *testing.T) {
	base, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	lang, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	state := world.New(1)
	add := func(b world.Body) {
		t.Helper()
		at := world.TimeOf(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
		if _, err := state.Apply(world.Event{Seq: state.At().Seq + 1, Seen: at, Observation: world.Observation{Time: at, Body: b}}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 4 {
		add(world.StationDefined{ID: fmt.Sprint(i), Name: fmt.Sprint("Trạm A", i+1), What: world.StationAir, Pos: geo.Point{108 + float64(i), 15}})
	}
	sum := sha256.Sum256([]byte(wells))
	for _, id := range []string{"bad", "good"} {
		add(world.LayerSaved{Saved: world.Saved{ID: id, Name: id, Version: 1}, SHA256: hex.EncodeToString(sum[:]), Features: 1})
	}
	synctest.Test(t, func(t *testing.T) {
		m, err := maps.New(maps.Options{
			Base: base, Provinces: base, Lang: lang, Theme: look.Dark(),
			Features: func(_ context.Context, id, _ string) (io.ReadCloser, error) {
				if id == "bad" {
					return nil, errors.New("no network")
				}
				return io.NopCloser(strings.NewReader(wells)), nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error)
		go func() { ran <- m.Run(ctx) }()
		m.Open(nil).Picture(maps.Now{State: state, Time: time.Now(), View: view(), Text: 14}) // the state is known from now on
		made := 0
		s := New(Host{
			Maps: m, Positions: &Positions{Lang: lang, Base: base, View: view}, State: func() *world.State { return state }, Now: time.Now,
			Start: func(f func(ctx context.Context) func()) {
				made++
				f(ctx)()
			},
		})
		s.Type("trạm a")
		s.Move(2)
		was, ok := s.Chosen()
		if !ok || len(s.found) != 4 || s.at != 2 || s.missing != 2 {
			t.Fatalf("found %+v, %d layers are missing", s.found, s.missing)
		}
		for range 25 {
			time.Sleep(time.Second)
			synctest.Wait()
			s.Renew()
		}
		if is, ok := s.Chosen(); !ok || is != was {
			t.Errorf("chosen was %+v, is %+v", was, is)
		}
		if len(s.found) != 5 || s.missing != 1 || made != 2 {
			t.Errorf("found %d, %d layers are missing, the index was made %d times", len(s.found), s.missing, made)
		}
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	})
}

func view() geo.View {
	return geo.FitView(geo.Bounds{Min: geo.Point{107, 14}, Max: geo.Point{112, 17}}, 1600, 1000, 0)
}
