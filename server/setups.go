package server

import (
	"context"
	"crypto/x509"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"iocwall/server/auth"
	"iocwall/server/settings"
	"iocwall/server/setup"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// openSetup makes what technicians are answered by. The logbook has been kept since
// the first line of the start.
func (s *Server) openSetup(file string, book *setup.Logbook) error {
	if file != "" {
		path, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		file = path
	}
	space := spaceOf(s.config.Path(s.config.Data))
	began := time.Now()
	ends := certificateEnd(s.config)
	var err error
	s.setup, err = setup.New(setup.Options{
		File: file, Faults: filepath.Join(s.config.DataDir(), "faults.json"), Running: s.conf, Logbook: book, Logger: s.logger,
		Fixed: func(next *settings.Config) []string { return fixed(s.conf(), next) },
		Check: func(ctx context.Context, next *settings.Config) []strict.Problem {
			problems, _ := CheckMap(ctx, next)
			return problems
		},
		Apply:  s.takeOver,
		Look:   func(ctx context.Context, f func(*world.State)) error { return s.loop.Call(ctx, f) },
		Facts:  func() setup.Facts { return s.facts(began, ends, space) },
		Ground: s.ground, Ask: s.loop.Ask,
		Layer: func(ctx context.Context, l world.LayerSaved, areas []string, in io.Reader) (world.LayerSaved, error) {
			l, _, err := s.charts.Read(ctx, l, areas, in)
			return l, err
		},
		Audit: s.writeAudit,
	})
	return err
}

// withLogbook returns a logger whose newest lines are kept for technicians.
func withLogbook(l *slog.Logger) (*slog.Logger, *setup.Logbook) {
	book := setup.NewLogbook()
	return slog.New(book.Handler(l.Handler())), book
}

// certificateEnd returns when the server's certificate ends, zero for none.
func certificateEnd(c *Config) time.Time {
	secure, err := c.Certificate()
	if err != nil || secure == nil || len(secure.Certificates) == 0 || len(secure.Certificates[0].Certificate) == 0 {
		return time.Time{}
	}
	cert, err := x509.ParseCertificate(secure.Certificates[0].Certificate[0])
	if err != nil {
		return time.Time{}
	}
	return cert.NotAfter
}

// facts returns what the server knows of itself.
func (s *Server) facts(began, ends time.Time, space func() (free, size uint64, err error)) setup.Facts {
	loop, hub := s.loop.Stats(), s.hub.Stats()
	f := setup.Facts{
		Seq: loop.Seq, Full: loop.FullSince, Started: began, Certificate: ends,
		Alarms: hub.Alarms, Overruns: loop.Overrun, Clamped: loop.Clamped, Sources: s.feeds.Counts(), Clients: len(hub.Clients),
	}
	if free, size, err := space(); err == nil {
		f.Free, f.Size = free, size
	}
	for _, d := range s.log.Damage() {
		f.Damaged = append(f.Damaged, filepath.Base(d.Path))
	}
	for _, t := range s.tokens.List() {
		if t.Revoked.IsZero() && !t.Expires.IsZero() {
			f.Expiring = append(f.Expiring, setup.Expiry{Name: t.Name, Role: string(t.Role), Made: t.Created, At: t.Expires})
		}
	}
	return f
}

// mountSetup adds the doors of technicians.
func (s *Server) mountSetup(mux *http.ServeMux) {
	read := func(next handler) http.HandlerFunc { return s.door(auth.ReadConfig, next) }
	write := func(next handler) http.HandlerFunc { return s.door(auth.WriteConfig, next) }
	mux.HandleFunc("GET /api/setup/config", read(s.setup.GetConfig))
	mux.HandleFunc("POST /api/setup/config/check", read(s.setup.CheckConfig))
	mux.HandleFunc("PUT /api/setup/config", write(s.setup.PutConfig))
	mux.HandleFunc("GET /api/setup/health", read(s.setup.GetHealth))
	mux.HandleFunc("GET /api/setup/logs", read(s.setup.GetLogs))
	mux.HandleFunc("POST /api/setup/cameras", write(s.setup.PostCamera))
	mux.HandleFunc("POST /api/setup/cameras/csv", write(s.setup.PostTable))
	mux.HandleFunc("POST /api/setup/cameras/discover", write(s.setup.PostDiscover))
	mux.HandleFunc("POST /api/setup/cameras/onvif", write(s.setup.PostONVIF))
	mux.HandleFunc("POST "+areasDoor, read(s.setup.PostAreas))
	mux.HandleFunc("PUT "+areasDoor, write(s.setup.PutAreas))
}

// areasDoor takes layers, which are longer than other requests; the door bounds
// them itself.
const areasDoor = "/api/setup/areas"
