package server

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"iocwall/server/auth"
)

// metrics answers in the text format of Prometheus. Every number is read where
// it is kept when somebody asks.
func (s *Server) metrics() handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge := func(name, help string, value func() float64) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "iocwall_" + name, Help: help}, value))
	}
	counter := func(name, help string, value func() float64) {
		reg.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "iocwall_" + name, Help: help}, value))
	}
	gauge("sequence", "Number of the newest event.", func() float64 { return float64(s.loop.Stats().Seq) })
	counter("events_total", "Events written since the start.", func() float64 { return float64(s.loop.Stats().Events) })
	counter("batches_total", "Journal commits since the start.", func() float64 { return float64(s.loop.Stats().Batches) })
	counter("times_clamped_total", "Observations that claimed to come from the future.", func() float64 { return float64(s.loop.Stats().Clamped) })
	counter("rule_overrun_total", "Rule outputs left out because rules set each other off without end.", func() float64 { return float64(s.loop.Stats().Overrun) })
	gauge("journal_full", "1 while the journal's disk is full.", func() float64 {
		if s.loop.Stats().FullSince.IsZero() {
			return 0
		}
		return 1
	})
	gauge("clients", "Clients on the feed.", func() float64 { return float64(len(s.hub.Stats().Clients)) })
	gauge("views", "Distinct views of the clients.", func() float64 { return float64(s.hub.Stats().Views) })
	counter("digest_alarms_total", "Times a wall's state differed from the history.", func() float64 { return float64(s.hub.Stats().Alarms) })
	gauge("wall_nodes_up", "Computers of walls that are connected.", func() float64 { up, _ := s.measureWall(); return up })
	gauge("wall_skew_ms", "How far apart the computers of a wall were when it changed last.", func() float64 { _, skew := s.measureWall(); return skew })
	counter("wall_pictures_total", "Pictures of screens taken in since the start.", func() float64 { return float64(s.nodes.Stats().Pictures) })
	counter("wall_pictures_rejected_total", "Pictures of screens that were not taken.", func() float64 { return float64(s.nodes.Stats().Rejected) })
	h := promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	return func(w http.ResponseWriter, r *http.Request, _ auth.Identity) { h.ServeHTTP(w, r) }
}
