package azure

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Cloud is a resolved cloud: where to send requests, where to sign in, and what to ask a token for.
type Cloud struct {
	// Name is that of a known cloud, such as "china", or the one that the metadata host gave.
	Name string
	// Known is the cloud of the catalogue, or "" when a metadata host described one that is not in it.
	Known catalog.Cloud
	// Endpoint is the ARM endpoint, without a trailing slash.
	Endpoint string
	// Authority is where accounts sign in, without a trailing slash.
	Authority string
	// Audience is what tokens are made out to.
	Audience string
	// Portal is the web portal, or "" when the cloud did not say.
	Portal string
}

// Scope is what a token is asked for: the audience with "/.default" behind it, even when the audience ends in a slash.
// The double slash is right, since the authority cuts the suffix off and puts the rest into the token letter by
// letter: https://learn.microsoft.com/entra/identity-platform/scopes-oidc#trailing-slash-and-default.
func (c Cloud) Scope() string { return c.Audience + "/.default" }

// insecure tells whether requests travel over plain http; Resolve allows that on a loopback address only.
func (c Cloud) insecure() bool { return strings.HasPrefix(c.Endpoint, "http://") }

// Resolve finds out which cloud the settings mean. It sends a request only when a metadata host is given.
func Resolve(ctx context.Context, s Settings, client *http.Client) (Cloud, error) {
	c, err := named(s.Cloud)
	if s.MetadataHost != "" {
		c, err = fromMetadata(ctx, s.MetadataHost, client)
	}
	if err != nil {
		return Cloud{}, err
	}
	if s.Endpoint != "" {
		if c.Endpoint, err = checkEndpoint(s.Endpoint); err != nil {
			return Cloud{}, fmt.Errorf("the endpoint %w", err)
		}
	}
	return c, nil
}

func named(name catalog.Cloud) (Cloud, error) {
	e := name.Endpoints()
	if e.ResourceManager == "" {
		var names []string
		for _, c := range catalog.Clouds() {
			names = append(names, string(c))
		}
		return Cloud{}, fmt.Errorf("the environment %q is not a cloud; the clouds are %s, and metadata_host describes any other",
			name, strings.Join(names, ", "))
	}
	return Cloud{
		Name: string(name), Known: name,
		Endpoint: e.ResourceManager, Authority: e.Authority, Audience: e.Audience, Portal: e.Portal,
	}, nil
}

// CheckEndpoint tells whether a text can be an ARM endpoint: scheme, host and port of an https URL, or of an http URL
// on a loopback address, where no one else can read the token. The error reads on from "the endpoint".
func CheckEndpoint(endpoint string) error {
	_, err := checkEndpoint(endpoint)
	return err
}

func checkEndpoint(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", errors.New("is not a URL")
	}
	shown := u.Redacted()
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("%q does not begin with https://", shown)
	case u.Hostname() == "":
		return "", fmt.Errorf("%q names no host", shown)
	case u.User != nil:
		return "", fmt.Errorf("%q must not hold a user name or password", shown)
	case strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return "", fmt.Errorf("%q must end after the host and port", shown)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "", fmt.Errorf("%q must begin with https://: http would show the token to the network, and is only allowed on a loopback address", shown)
	}
	return u.Scheme + "://" + u.Host, nil
}

// loopback does not ask DNS: a name that resolves to a loopback address today may resolve to another tomorrow.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
