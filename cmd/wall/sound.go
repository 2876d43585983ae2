package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// soundLimit is how long playing a sound may take: longer than any of them.
const soundLimit = 5 * time.Second

// players are the programs that play a WAV file named last, the best first: those of
// PipeWire, PulseAudio and ALSA.
func players() [][]string {
	return [][]string{{"pw-play"}, {"paplay"}, {"aplay", "-q"}}
}

// speaker plays the console's sounds by a program of the computer, or rings the bell
// of the display where there is none.
type speaker struct {
	command []string
	bell    func() error
}

// newSpeaker looks once for what plays sounds. Where nothing does, or where it is
// wished, play is nil and silent the key of the words that say why.
func newSpeaker(mute bool, log *slog.Logger) (play func(wav []byte) error, silent string) {
	if mute {
		return nil, "shell.sound.mute"
	}
	s := speaker{bell: ringBell}
	for _, c := range players() {
		if path, err := exec.LookPath(c[0]); err == nil {
			s.command = append([]string{path}, c[1:]...)
			log.Info("sounds are played", "by", path)
			return s.play, ""
		}
	}
	if err := canRing(); err != nil {
		log.Warn("no sounds: neither pw-play nor paplay nor aplay is here, and no bell", "error", err)
		return nil, "shell.sound.missing"
	}
	log.Warn("sounds are the display's bell only; install pipewire-bin, pulseaudio-utils or alsa-utils to hear them")
	return s.play, ""
}

// play plays a WAV file and waits for its end.
func (s speaker) play(wav []byte) error {
	if s.command == nil {
		return s.bell()
	}
	f, err := os.CreateTemp("", "iocwall-*.wav")
	if err != nil {
		return fmt.Errorf("sound: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(wav)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("sound: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), soundLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.command[0], append(s.command[1:len(s.command):len(s.command)], f.Name())...)
	cmd.WaitDelay = time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return fmt.Errorf("%s: %w %s", cmd.Args[0], err, first)
	}
	return nil
}

// ringBell rings the bell of the display, half as loud as it is set.
func ringBell() error {
	c, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("bell: %w", err)
	}
	defer c.Close()
	if err := xproto.BellChecked(c, -50).Check(); err != nil {
		return fmt.Errorf("bell: %w", err)
	}
	return nil
}

// canRing reports whether there is a display whose bell could ring.
func canRing() error {
	c, err := xgb.NewConn()
	if err != nil {
		return err
	}
	c.Close()
	return nil
}
