package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"iocwall/media"
	"iocwall/media/capacity"
	"iocwall/media/decode"
)

// benchCmd measures this computer.
type benchCmd struct {
	Cameras benchCamerasCmd `cmd:"" help:"How many camera streams of each codec and size this computer decodes and scales at full rate. The result is kept for the check of scenes."`
}

// benchCamerasCmd measures how many cameras this computer can show.
type benchCamerasCmd struct {
	Seconds  int    `help:"How long all of it takes." default:"60"`
	Out      string `help:"File for the result; capacity.json in the user's configuration folder if left out." type:"path" placeholder:"FILE"`
	Software bool   `help:"Measure without the hardware's decoders."`
}

// Run measures, shows the results as they come, and keeps them. Ctrl-C keeps what was there.
func (c *benchCamerasCmd) Run(ctx context.Context) error {
	if c.Seconds < 1 || c.Seconds > 3600 {
		return fmt.Errorf("--seconds %d: use 1 to 3600", c.Seconds)
	}
	path := c.Out
	if path == "" {
		var err error
		if path, err = capacity.DefaultPath(); err != nil {
			return err
		}
	}
	factory := decode.New
	if !c.Software {
		support := decode.SelfTest(ctx, decode.Options{})
		tellSupport(os.Stdout, support)
		factory = support.Factory()
	}
	b, err := measureCameras(ctx, os.Stdout, terminal(os.Stdout), time.Duration(c.Seconds)*time.Second, factory)
	if ctx.Err() != nil {
		return errors.New("stopped; nothing was kept")
	}
	if err != nil {
		return err
	}
	if err := b.Save(path); err != nil {
		return err
	}
	fmt.Printf("Kept in %s\n", path)
	return nil
}

// tellSupport says what decodes each codec and why not something faster.
func tellSupport(w io.Writer, s decode.Support) {
	for _, c := range s.Codecs {
		fmt.Fprintf(w, "%-6s decoded by %s\n", c.Codec, c.Uses) //nolint:errcheck // a terminal that is gone
		for _, r := range c.Refused {
			fmt.Fprintf(w, "       not by %s: %s\n", r.Device, r.Reason) //nolint:errcheck // a terminal that is gone
		}
	}
}

// terminal reports whether a file is one.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// measureCameras measures and prints a line for each result; on a terminal there is a bar below them.
func measureCameras(ctx context.Context, w io.Writer, bar bool, length time.Duration, factory media.DecoderFactory) (capacity.Budget, error) {
	out := &benchPrinter{w: w, bar: bar}
	b, err := capacity.Measure(ctx, capacity.Options{Decoder: factory, Time: length, Progress: out.show})
	out.clear()
	return b, err
}

// benchPrinter prints progress.
type benchPrinter struct {
	w     io.Writer
	bar   bool
	drawn bool
}

const barCells = 30

func (p *benchPrinter) show(s capacity.Progress) {
	if s.New != nil {
		p.clear()
		fmt.Fprintf(p.w, "%-34s %7.1f streams (%s)\n", s.New.Stream, s.New.Streams, s.New.Decoder) //nolint:errcheck // a terminal that is gone
		return
	}
	if !p.bar {
		return
	}
	full := int(s.Share * barCells)
	fmt.Fprintf(p.w, "\r[%s%s] %3.0f %%  %-34s", strings.Repeat("█", full), strings.Repeat("·", barCells-full), 100*s.Share, s.Now) //nolint:errcheck // a terminal that is gone
	p.drawn = true
}

// clear takes the bar away.
func (p *benchPrinter) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K") //nolint:errcheck // a terminal that is gone
		p.drawn = false
	}
}
