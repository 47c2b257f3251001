package server

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/secretfile"
	"github.com/azurebackup/terraform-provider-backup/internal/server/page"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The exit codes of the command.
const (
	exitFailed = 1
	exitUsage  = 2
)

// Command is the command "serve": it serves until the process is told to stop, and returns the exit code. Told so twice,
// the process ends at once.
func Command(args []string, version string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return Main(ctx, args, version, os.Stdout, os.Stderr)
}

// Main serves until the context is done, and returns the exit code. The log goes to stderr.
func Main(ctx context.Context, args []string, version string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = fmt.Fprint(stdout, helpText)
		return 0
	case err != nil:
		_, _ = fmt.Fprintf(stderr, "serve: %s (see terraform-provider-backup serve --help)\n", catalog.Visible(err.Error()))
		return exitUsage
	}
	if err := run(ctx, o, version, stdout, stderr); err != nil {
		_, _ = fmt.Fprintf(stderr, "serve: %s\n", catalog.Visible(err.Error()))
		return exitFailed
	}
	return 0
}

func run(ctx context.Context, o *options, version string, stdout, stderr io.Writer) (err error) {
	secret, err := readSecret(o.tokenFile)
	if err != nil {
		return err
	}
	service, err := serviceConfig(o)
	if err != nil {
		return err
	}
	certificate, err := o.certificate(time.Now())
	if err != nil {
		return err
	}
	file, err := store.Open(ctx, o.database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	service.Store = file

	log := newLog(o.logFormat, stderr)
	server := New(serverConfig(o, service, secret, version, log))
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", o.listen, err)
	}
	_, _ = io.WriteString(stdout, startText(o, listener.Addr(), file.Path()))
	if certificate != nil {
		listener = tls.NewListener(listener, &tls.Config{
			Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		})
	}
	err = server.Serve(ctx, listener)
	log.Info("stopped")
	return err
}

func serverConfig(o *options, service embedded.Config, secret, version string, log *slog.Logger) Config {
	// What the server itself asks must neither go wrong nor be counted by the faults. The services keep no state of their
	// own, so that two on one store are one.
	steady := service
	steady.Faults = nil
	own := embedded.New(steady)
	var ids []string
	for _, s := range subscriptionsOf(o) {
		ids = append(ids, s.ID)
	}
	return Config{
		Service:         embedded.New(service),
		Page:            page.New(own, page.Options{Logger: log, Now: service.Now}),
		Ready:           func(ctx context.Context) error { return readable(ctx, service.Store) },
		Vaults:          vaultStates(own, ids),
		Secret:          secret,
		KeySeed:         service.Store.Path(),
		Hosts:           o.hosts,
		Loopback:        isLoopback(o.host()),
		Subscriptions:   ids,
		ReadsPerSecond:  o.readsPerSecond,
		WritesPerSecond: o.writesPerSecond,
		LongestDelay:    service.Faults.LongestDelay(),
		Log:             log,
		Version:         version,
	}
}

// serviceConfig is what the flags say of the embedded service, all but the store.
func serviceConfig(o *options) (embedded.Config, error) {
	extra, err := catalog.ParseExtraRegions(os.Getenv(catalog.ExtraRegionsVariable))
	if err != nil {
		return embedded.Config{}, err
	}
	config := embedded.Config{
		Subscriptions:        subscriptionsOf(o),
		ProvisioningTime:     o.provisioningTime,
		OperationTime:        o.operationTime,
		BackupTime:           o.backupTime,
		RetryAfter:           o.retryAfter,
		Regions:              catalog.RegionsAnd(extra),
		StrictResourceGroups: o.strictResourceGroups,
		SoftDeleteChosen:     !o.softDeleteForced,
		NamesPerGroup:        o.namesPerGroup,
		VirtualMachines:      o.virtualMachines,
		Now:                  func() time.Time { return time.Now().Add(o.clockOffset) },
	}
	if o.faults != "" {
		faults, err := readFaults(o.faults)
		if err != nil {
			return embedded.Config{}, err
		}
		config.Faults = faults.rules
		config.FailProvisioning = faults.failProvisioning
		config.FailBackup, config.BackupFaults = faults.failBackup, faults.timed
		config.Threats = faults.threats
	}
	return config, nil
}

func subscriptionsOf(o *options) []embedded.Subscription {
	if len(o.subscriptions) > 0 {
		return o.subscriptions
	}
	return []embedded.Subscription{{ID: embedded.DefaultSubscriptionID, DisplayName: "Embedded backup service"}}
}

// readable tells whether the database can be read.
func readable(ctx context.Context, s *store.Store) error {
	return s.View(ctx, time.Now(), func(tx *store.Tx) error {
		_, err := tx.Documents(store.Query{Type: catalog.VaultType, Limit: 1})
		return err
	})
}

// readSecret reads the token file; without one there is no secret.
func readSecret(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	secret, err := secretfile.Token(path)
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	if err := checkSecret(secret); err != nil {
		return "", fmt.Errorf("--token-file %s: %w", path, err)
	}
	return secret, nil
}

// certificate is the server's; nil when it serves plain HTTP.
func (o *options) certificate(now time.Time) (*tls.Certificate, error) {
	var pair tls.Certificate
	var err error
	switch {
	case o.tlsSelfSigned != "":
		if pair, err = selfSigned(o.tlsSelfSigned, o.certificateNames(), now); err != nil {
			return nil, fmt.Errorf("--tls-self-signed: %w", err)
		}
	case o.tlsCert != "":
		if pair, err = givenPair(o.tlsCert, o.tlsKey); err != nil {
			return nil, err
		}
	default:
		return nil, nil
	}
	return &pair, nil
}

// newLog makes visible in every text what could not be seen: paths and headers are the clients'.
func newLog(format string, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch a.Value.Kind() {
		case slog.KindString, slog.KindAny:
			if _, level := a.Value.Any().(slog.Level); !level {
				a.Value = slog.StringValue(catalog.Visible(a.Value.String()))
			}
		}
		return a
	}}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// startText tells where the service is and how clients get there.
func startText(o *options, address net.Addr, database string) string {
	scheme := "http"
	if o.tls() {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(address.String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
		if len(o.hosts) > 0 {
			host = o.hosts[0]
		}
	}
	place := net.JoinHostPort(host, port)
	here := scheme + "://" + place
	subscription := subscriptionsOf(o)[0].ID
	secret := "any client secret"
	if o.tokenFile != "" {
		secret = "the client secret in " + o.tokenFile
	}
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "  %-15s%s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(&b, "The embedded backup service listens at %s\n\n", here)
	line("database", "%s", database)
	line("page", "%s/", here)
	provider := "export BACKUP_ENVIRONMENT=embedded BACKUP_ENDPOINT=" + here
	if o.tokenFile != "" {
		provider += " BACKUP_TOKEN_FILE=" + absolute(o.tokenFile)
	}
	line("this provider", "%s", provider)
	if o.tls() {
		line("azurerm", "export ARM_METADATA_HOSTNAME=%s", place)
	}
	line("other clients", "ARM endpoint, login endpoint and audience %s", here)
	line("sign-in", "subscription %s, tenant %s,", subscription, embedded.TenantID)
	line("", "any client id, %s", secret)
	if o.tlsSelfSigned != "" {
		line("trust it", "export SSL_CERT_FILE=%s", absolute(filepath.Join(o.tlsSelfSigned, authorityFile)))
	}
	if o.faults != "" {
		line("faults", "%s", o.faults)
	}
	b.WriteString("\nCtrl-C stops it.\n")
	return b.String()
}

// absolute is a path that holds in any folder.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
