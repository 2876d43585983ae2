package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/media/capacity"
	"iocwall/media/decode"
)

func TestBenchCamerasKeepsItsResult(t *testing.T) {
	path := filepath.Join(t.TempDir(), "result.json")
	c := benchCamerasCmd{Seconds: 1, Out: path, Software: true}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, err := capacity.Load(path)
	if err != nil || len(b.Results) != 8 {
		t.Errorf("%d results, %v", len(b.Results), err)
	}
}

func TestBenchCamerasStoppedKeepsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "result.json")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	c := benchCamerasCmd{Seconds: 30, Out: path, Software: true}
	if err := c.Run(ctx); err == nil || !strings.Contains(err.Error(), "nothing was kept") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a result was kept")
	}
	if err := (&benchCamerasCmd{Seconds: 0}).Run(t.Context()); err == nil {
		t.Error("no time at all was accepted")
	}
}

func TestBenchCamerasBar(t *testing.T) {
	for _, bar := range []bool{true, false} {
		var out bytes.Buffer
		if _, err := measureCameras(t.Context(), &out, bar, 600*time.Millisecond, decode.New); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		if strings.Contains(text, "█") != bar || strings.Contains(text, "\r") != bar || strings.Count(text, "streams (software)\n") != 8 {
			t.Errorf("bar %v: %q", bar, text)
		}
		if strings.Contains(text[strings.LastIndex(text, "\n"):], "█") {
			t.Errorf("the bar stays: %q", text)
		}
	}
	var out bytes.Buffer
	tellSupport(&out, decode.SelfTest(t.Context(), decode.Options{Devices: []string{"abacus"}}))
	if !strings.Contains(out.String(), "h264   decoded by software\n       not by abacus: ") {
		t.Error(out.String())
	}
}
