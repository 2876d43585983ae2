package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The relay's unit opens both its addresses, says where they are, and ends when
// it is told to. Without a door there is nothing to run.
func TestRelayUnit(t *testing.T) {
	dir := t.TempDir()
	conf, file := filepath.Join(dir, "ioc.yaml"), filepath.Join(dir, "ready.json")
	write := func(remote string) {
		t.Helper()
		text := "data: data\nlisten: 127.0.0.1:0\nrelay: {listen: \"127.0.0.1:0\", remote: \"" + remote + "\"}\n"
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	logger := slog.New(slog.DiscardHandler)
	write("")
	if err := (&relayCmd{Config: conf}).Run(t.Context(), logger); err == nil || !strings.Contains(err.Error(), "relay.remote is empty") {
		t.Errorf("without a door: %v", err)
	}
	for _, remote := range []string{"127.0.0.1:0", "unix:" + filepath.Join(dir, "relay.sock")} {
		write(remote)
		os.Remove(file)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- (&relayCmd{Config: conf, ReadyFile: file}).Run(ctx, logger) }()
		var r ready
		for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
			raw, err := os.ReadFile(file)
			if err == nil && json.Unmarshal(raw, &r) == nil {
				break
			}
			if time.Now().After(end) {
				t.Fatal("it never opens")
			}
		}
		network := "tcp"
		if strings.HasPrefix(remote, "unix:") {
			network = "unix"
		}
		for network, addr := range map[string]string{"tcp": r.Addr, network: r.Door} {
			conn, err := net.Dial(network, addr)
			if err != nil {
				t.Errorf("%s: %v", remote, err)
				continue
			}
			conn.Close()
		}
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("%s: %v", remote, err)
			}
		case <-time.After(patience):
			t.Fatal("it does not end")
		}
	}
}
