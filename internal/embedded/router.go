package embedded

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

type handler func(*Service, *call) (*answer, error)

// route is a path and what can be done there. A segment in braces stands for any text; the others match in any letter
// case, which is how ARM matches and why neither net/http's patterns nor package path fit.
type route struct {
	kind     Kind
	segments []string
	methods  map[string]handler
}

// match returns the values of the segments in braces.
func (r route) match(path []string) (map[string]string, bool) {
	if len(path) != len(r.segments) {
		return nil, false
	}
	// The fixed segments first: most routes differ in one, and then nothing is allocated.
	for i, segment := range r.segments {
		if segment[0] != '{' && !strings.EqualFold(segment, path[i]) || path[i] == "" {
			return nil, false
		}
	}
	params := map[string]string{}
	for i, segment := range r.segments {
		if segment[0] == '{' {
			params[segment[1:len(segment)-1]] = path[i]
		}
	}
	return params, true
}

// route finds the handler and checks what all of them need: the API version and the subscription.
func (s *Service) route(r *http.Request) (*call, handler, error) {
	path, err := splitPath(r.URL)
	if err != nil {
		return nil, nil, err
	}
	for _, route := range routes {
		params, ok := route.match(path)
		if !ok {
			continue
		}
		handle, ok := route.methods[r.Method]
		if !ok {
			return nil, nil, wrongMethod(r, route)
		}
		c := &call{request: r, kind: route.kind, params: params, now: s.config.Now()}
		if c.apiVersion, err = apiVersion(queryOf(r.URL)); err != nil {
			return nil, nil, err
		}
		if id, ok := params["subscription"]; ok {
			if err := s.checkSubscription(id); err != nil {
				return nil, nil, err
			}
		}
		return c, handle, nil
	}
	return nil, nil, notModelled(r, path)
}

// splitPath takes the path apart before it decodes the segments, so that a name may contain an escaped slash.
func splitPath(u *url.URL) ([]string, error) {
	segments := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return nil, &Fault{Code: codeInvalidURI, Message: fmt.Sprintf("The path of the request is malformed: %v.", err)}
		}
		segments[i] = decoded
	}
	return segments, nil
}

func apiVersion(query url.Values) (string, error) {
	version := queryValue(query, "api-version")
	if version == "" {
		return "", &Fault{
			Code:    codeMissingAPIVersion,
			Message: "The api-version query parameter (?api-version=) is required for all requests.",
		}
	}
	date := strings.TrimSuffix(strings.ToLower(version), "-preview")
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return "", &Fault{
			Code: codeInvalidAPIVersion,
			Message: fmt.Sprintf("The api-version '%s' is invalid. The value must be a date in the format YYYY-MM-DD, "+
				"optionally followed by '-preview'.", version),
		}
	}
	return version, nil
}

// queryOf reads the query. Names of items hold semicolons, which clients escape or not; net/url drops a parameter in
// which one is not.
func queryOf(u *url.URL) url.Values {
	query, _ := url.ParseQuery(strings.ReplaceAll(u.RawQuery, ";", "%3B"))
	return query
}

// queryValue reads a parameter whose name ARM compares in any letter case.
func queryValue(query url.Values, name string) string {
	for key, values := range query {
		if strings.EqualFold(key, name) {
			return values[0]
		}
	}
	return ""
}

func wrongMethod(r *http.Request, route route) error {
	var allowed []string
	for method := range route.methods {
		allowed = append(allowed, method)
	}
	slices.Sort(allowed)
	return &refusal{
		Fault: Fault{
			Code:    codeMethodNotAllowed,
			Message: fmt.Sprintf("The requested resource does not support http method '%s'.", r.Method),
		},
		header: http.Header{"Allow": {strings.Join(allowed, ", ")}},
	}
}

// notModelled refuses what Azure may well answer. Saying so beats a guess that a client would take for the truth.
func notModelled(r *http.Request, path []string) error {
	if !slices.ContainsFunc([]string{"subscriptions", "providers", "tenants"}, func(top string) bool {
		return strings.EqualFold(path[0], top)
	}) {
		return &Fault{Code: codeNotFound, Message: fmt.Sprintf("There is nothing at '%s'.", r.URL.Path)}
	}
	return &Fault{
		Code: codeNotModelled,
		Message: fmt.Sprintf("The embedded backup service does not model %s %s. It serves vaults, their policies for "+
			"virtual machines, the machines that they protect with jobs and recovery points, virtual machines with their disks, networks, "+
			"storage accounts and identities, resource groups, subscriptions and provider metadata; use Azure for the rest.", r.Method,
			r.URL.Path),
	}
}
