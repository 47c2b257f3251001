package page

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

//go:embed templates
var templateFiles embed.FS

// pages are the templates by the name of the page, each with the layout around it.
var pages = func() map[string]*template.Template {
	functions := template.FuncMap{"asset": assetPath, "moment": newMoment, "plural": plural}
	layout := template.Must(template.New("layout.html").Funcs(functions).
		ParseFS(templateFiles, "templates/layout.html", "templates/parts.html"))
	m := map[string]*template.Template{}
	for _, name := range []string{"vaults", "vault", "problem"} {
		t := template.Must(layout.Clone())
		m[name] = template.Must(t.ParseFS(templateFiles, "templates/"+name+".html"))
	}
	return m
}()

// view is a page to be shown.
type view struct {
	Status int
	name   string // of the template

	Title  string
	Crumbs []crumb
	// Events is where the page's events come from; "" for a page without.
	Events string
	Now    time.Time // by the service's clock
	Ahead  string    // how far that clock is from ours; "" when it is not moved
	Body   any
}

// crumb is a step of the way to a page.
type crumb struct{ Text, URL string }

// errNoPage is the error of an address that is no page's.
var errNoPage = errors.New("no page")

// page serves what a function finds out.
func (s *site) page(find func(*http.Request) (*view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := find(r)
		if err != nil {
			v = s.failure(r, err)
		}
		s.show(w, r, v)
	}
}

// failure is the page about an error.
func (s *site) failure(r *http.Request, err error) *view {
	var refused *refusal
	switch {
	case errors.Is(err, errNoPage):
		return problemView(http.StatusNotFound, "There is no such page", "The vaults are all in the list.")
	case errors.As(err, &refused):
		s.log.WarnContext(r.Context(), "the page could not be read from the service", "path", r.URL.Path, "error", err)
		return problemView(http.StatusBadGateway, "The service did not answer with what was asked for",
			fmt.Sprintf("It answered %d %s: %s. Reload the page to ask again.", refused.Status, refused.Code, refused.Message))
	default:
		s.log.ErrorContext(r.Context(), "the page could not be made", "path", r.URL.Path, "error", err)
		return problemView(http.StatusInternalServerError, "The page could not be made",
			"The reason is in the log of the server. Reload the page to try again.")
	}
}

// problem is the body of a page that has nothing else to show.
type problem struct{ Text string }

func problemView(status int, title, text string) *view {
	return &view{name: "problem", Status: status, Title: title, Body: problem{text}}
}

// show writes the page, which is made before the first byte is sent so that a failure is still a whole page.
func (s *site) show(w http.ResponseWriter, r *http.Request, v *view) {
	v.Now = s.now().UTC()
	v.Ahead = ahead(time.Until(v.Now))
	var body bytes.Buffer
	if err := pages[v.name].Execute(&body, v); err != nil {
		s.log.ErrorContext(r.Context(), "the page could not be rendered", "path", r.URL.Path, "error", err)
		http.Error(w, "The page could not be rendered; the reason is in the log of the server.", http.StatusInternalServerError)
		return
	}
	// Of the whole page, so that nothing of the service's is left out.
	text := catalog.Visible(body.String())
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	if v.Status != 0 {
		w.WriteHeader(v.Status)
	}
	if r.Method != http.MethodHead {
		// A reader who has gone needs no answer.
		_, _ = io.WriteString(w, text)
	}
}

// ahead says how far the service's clock is from this machine's; "" when they agree.
func ahead(d time.Duration) string {
	switch {
	case d > time.Minute:
		return spell(d) + " ahead"
	case d < -time.Minute:
		return spell(-d) + " behind"
	}
	return ""
}
