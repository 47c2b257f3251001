package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are labelled by route, never by path: names of vaults would make a series each.
type metrics struct {
	handler    http.Handler
	requests   *prometheus.CounterVec
	durations  *prometheus.HistogramVec
	operations *prometheus.CounterVec
	inFlight   prometheus.Gauge
}

func newMetrics(registry *prometheus.Registry, version string, vaults func(context.Context) (map[string]int, error)) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "backup_requests_total", Help: "Requests answered, by what they were about, method and status code; code 0 is a connection broken off.",
		}, []string{"route", "method", "code"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "backup_request_duration_seconds", Help: "Time from a request to the end of its answer, by what it was about; the page's event streams are left out.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2.5, 12),
		}, []string{"route"}),
		operations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "backup_operations_total", Help: "Long-running operations accepted, by what they work on and method.",
		}, []string{"route", "method"}),
	}
	m.inFlight = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "backup_requests_in_flight", Help: "Requests that are being answered, this one among them.",
	})
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "backup_build_info", Help: "Always 1; the version is in the label.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	registry.MustRegister(m.requests, m.durations, m.operations, m.inFlight, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if vaults != nil {
		registry.MustRegister(vaultCollector{vaults})
	}
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

// count notes one request.
func (m *metrics) count(t target, method string, w *recorder, broken bool, taken time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodDelete, http.MethodOptions:
	default:
		method = "other" // a client may make up any
	}
	code := strconv.Itoa(w.code())
	if broken {
		code = "0"
	}
	m.requests.WithLabelValues(t.route, method, code).Inc()
	if w.Header().Get("Content-Type") != "text/event-stream" {
		m.durations.WithLabelValues(t.route).Observe(taken.Seconds())
	}
	accepted := w.Header().Get("Azure-AsyncOperation") != "" || w.Header().Get("Location") != ""
	if t.arm && method != http.MethodGet && w.code() < http.StatusMultipleChoices && accepted {
		m.operations.WithLabelValues(t.route, method).Inc()
	}
}

// scrapeTimeout bounds the count of the vaults.
const scrapeTimeout = 10 * time.Second

var vaultsDesc = prometheus.NewDesc("backup_vaults", "Vaults that exist, by state.", []string{"state"}, nil)

// vaultCollector counts the vaults when somebody asks: other processes may use the database, and vaults change state as
// time goes by.
type vaultCollector struct {
	count func(context.Context) (map[string]int, error)
}

// Describe implements prometheus.Collector.
func (vaultCollector) Describe(descs chan<- *prometheus.Desc) { descs <- vaultsDesc }

// Collect implements prometheus.Collector.
func (c vaultCollector) Collect(values chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	states, err := c.count(ctx)
	if err != nil {
		values <- prometheus.NewInvalidMetric(vaultsDesc, err)
		return
	}
	for state, n := range states {
		values <- prometheus.MustNewConstMetric(vaultsDesc, prometheus.GaugeValue, float64(n), state)
	}
}
