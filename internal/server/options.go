package server

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// options are what the flags say.
type options struct {
	database string
	listen   string
	hosts    []string

	tlsCert, tlsKey, tlsSelfSigned string
	tokenFile                      string

	subscriptions        []embedded.Subscription
	virtualMachines      map[string]string
	strictResourceGroups bool
	softDeleteForced     bool
	namesPerGroup        bool

	provisioningTime, operationTime, backupTime, clockOffset, retryAfter time.Duration

	readsPerSecond, writesPerSecond float64
	faults                          string
	logFormat                       string
}

// The environment variables that stand in for flags; the provider has the same.
const (
	databaseVariable         = "BACKUP_DATABASE"
	provisioningTimeVariable = "BACKUP_PROVISIONING_TIME"
	operationTimeVariable    = "BACKUP_OPERATION_TIME"
	backupTimeVariable       = "BACKUP_BACKUP_TIME"
	clockOffsetVariable      = "BACKUP_CLOCK_OFFSET"
)

// parseOptions reads the arguments behind "serve". The error is one line for the user, or flag.ErrHelp.
func parseOptions(args []string) (*options, error) {
	o := &options{}
	flags, fromVariables := o.flags()
	if err := flags.Parse(args); err != nil {
		return nil, flagError(err)
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q; settings are flags, such as --database FILE", flags.Arg(0))
	}
	// A flag does not hide a variable that is wrong: which of the two counts would be hard to follow.
	return o, cmp.Or(fromVariables, o.check())
}

// flags sets the options, at once those that environment variables say; the error is of these.
func (o *options) flags() (*flag.FlagSet, error) {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.database, "database", cmp.Or(os.Getenv(databaseVariable), "backup-vaults.db"), "")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:10800", "")
	flags.Func("host", "", o.addHost)
	flags.StringVar(&o.tlsCert, "tls-cert", "", "")
	flags.StringVar(&o.tlsKey, "tls-key", "", "")
	flags.StringVar(&o.tlsSelfSigned, "tls-self-signed", "", "")
	flags.StringVar(&o.tokenFile, "token-file", "", "")
	flags.Func("subscription", "", o.addSubscription)
	flags.Func("virtual-machine", "", o.addVirtualMachine)
	flags.BoolVar(&o.strictResourceGroups, "strict-resource-groups", false, "")
	flags.BoolVar(&o.softDeleteForced, "soft-delete-forced", true, "")
	flags.Func("vault-names-unique-per", "", o.setNameScope)
	var errs []error
	duration := func(name, variable string, rule catalog.DurationRule, value *time.Duration) {
		set := func(s string) (err error) {
			*value, err = rule.Parse(s)
			return err
		}
		flags.Func(name, "", set)
		if s := os.Getenv(variable); variable != "" && s != "" {
			if err := set(s); err != nil {
				errs = append(errs, fmt.Errorf("the environment variable %s: %w", variable, err))
			}
		}
	}
	duration("provisioning-time", provisioningTimeVariable, catalog.ProvisioningTime, &o.provisioningTime)
	duration("operation-time", operationTimeVariable, catalog.OperationTime, &o.operationTime)
	duration("backup-time", backupTimeVariable, catalog.BackupTime, &o.backupTime)
	duration("clock-offset", clockOffsetVariable, catalog.ClockOffset, &o.clockOffset)
	duration("retry-after", "", catalog.RetryAfter, &o.retryAfter)
	flags.Func("reads-per-second", "", perSecond(&o.readsPerSecond))
	flags.Func("writes-per-second", "", perSecond(&o.writesPerSecond))
	flags.StringVar(&o.faults, "faults", "", "")
	flags.StringVar(&o.logFormat, "log-format", "text", "")
	return flags, errors.Join(errs...)
}

// flagError writes flags with two dashes, as everything else here does.
func flagError(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	text := err.Error()
	for _, before := range []string{"flag provided but not defined: ", "flag needs an argument: ", "for flag ", "for "} {
		text = strings.Replace(text, before+"-", before+"--", 1)
	}
	text = strings.Replace(text, "flag provided but not defined: ---", "flag provided but not defined: --", 1)
	text = strings.Replace(text, "flag provided but not defined:", "unknown flag", 1)
	text = strings.Replace(text, "flag needs an argument:", "a value is missing for", 1)
	return errors.New(text)
}

func perSecond(value *float64) func(string) error {
	return func(s string) (err error) {
		if *value, err = strconv.ParseFloat(s, 64); err != nil || !(*value >= 0) || *value > 1e6 {
			return errors.New("it must be a number, such as 10 or 0.5; 0 is no limit")
		}
		return nil
	}
}

func (o *options) setNameScope(s string) error {
	if s != catalog.NamesPerSubscription && s != catalog.NamesPerResourceGroup {
		return fmt.Errorf("it must be %s or %s", catalog.NamesPerSubscription, catalog.NamesPerResourceGroup)
	}
	o.namesPerGroup = s == catalog.NamesPerResourceGroup
	return nil
}

func (o *options) addHost(s string) error {
	if s == "" || strings.ContainsAny(s, "/: \t") && net.ParseIP(s) == nil {
		return errors.New("it must be a host name or an address, without scheme and port, such as backup.example.com")
	}
	o.hosts = append(o.hosts, s)
	return nil
}

func (o *options) addSubscription(s string) error {
	id, name, _ := strings.Cut(s, "=")
	if err := catalog.CheckSubscriptionID(id); err != nil {
		return err
	}
	for _, other := range o.subscriptions {
		if strings.EqualFold(other.ID, id) {
			return fmt.Errorf("the subscription %s is given twice", id)
		}
	}
	o.subscriptions = append(o.subscriptions, embedded.Subscription{ID: id, DisplayName: cmp.Or(name, "Embedded subscription")})
	return nil
}

func (o *options) addVirtualMachine(s string) error {
	id, region, ok := strings.Cut(s, "=")
	if !ok {
		return errors.New("it must be ID=REGION, the id of a virtual machine and the region it is in")
	}
	if err := embedded.CheckMachineID(id); err != nil {
		return err
	}
	extra, err := catalog.ParseExtraRegions(os.Getenv(catalog.ExtraRegionsVariable))
	if err != nil {
		return err
	}
	if err := catalog.CheckRegion(region, extra...); err != nil {
		return err
	}
	if o.virtualMachines == nil {
		o.virtualMachines = map[string]string{}
	}
	for other := range o.virtualMachines {
		if strings.EqualFold(other, id) {
			return fmt.Errorf("the virtual machine %s is given twice", id)
		}
	}
	o.virtualMachines[id] = region
	return nil
}

// check looks at the flags together.
func (o *options) check() error {
	host, _, err := net.SplitHostPort(o.listen)
	switch {
	case err != nil:
		return fmt.Errorf("--listen %q is not an address and a port, such as 127.0.0.1:10800", o.listen)
	case (o.tlsCert == "") != (o.tlsKey == ""):
		return errors.New("--tls-cert and --tls-key go together; give both")
	case o.tlsCert != "" && o.tlsSelfSigned != "":
		return errors.New("--tls-self-signed makes the certificate; leave out --tls-cert and --tls-key, or it")
	case o.logFormat != "text" && o.logFormat != "json":
		return fmt.Errorf("--log-format is %q; it can be text or json", o.logFormat)
	case o.database == "":
		return errors.New("--database is empty; it must be the path of a file")
	case isLoopback(host):
		return nil
	}
	var missing []string
	if !o.tls() {
		missing = append(missing, "TLS (--tls-self-signed DIR, or --tls-cert and --tls-key)")
	}
	if o.tokenFile == "" {
		missing = append(missing, "a secret (--token-file FILE)")
	}
	if len(missing) > 0 {
		return fmt.Errorf("--listen %s can be reached from other machines, which needs %s; or listen on 127.0.0.1",
			o.listen, strings.Join(missing, " and "))
	}
	return nil
}

func (o *options) tls() bool { return o.tlsCert != "" || o.tlsSelfSigned != "" }

// host is the one that --listen names.
func (o *options) host() string {
	host, _, _ := net.SplitHostPort(o.listen)
	return host
}

// certificateNames are the names of a self-made certificate.
func (o *options) certificateNames() []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	host := o.host()
	if ip := net.ParseIP(host); host != "" && !isLoopback(host) && (ip == nil || !ip.IsUnspecified()) {
		names = append(names, host)
	}
	return append(names, o.hosts...)
}
