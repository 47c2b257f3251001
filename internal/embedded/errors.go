package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// Fault is an error as ARM reports it.
type Fault struct {
	Code    string
	Message string
}

// Error implements error.
func (f *Fault) Error() string { return f.Code + ": " + f.Message }

// storeFaults translates the errors of the store.
var storeFaults = []struct {
	is   error
	code string
}{
	{store.ErrBusy, codeDatabaseBusy},
	{store.ErrFull, codeDatabaseFull},
	{store.ErrReadOnly, codeDatabaseReadOnly},
	{store.ErrDamaged, codeDatabaseDamaged},
	{store.ErrUnavailable, codeDatabaseUnavailable},
	{context.Canceled, codeClientClosed},
	{context.DeadlineExceeded, codeClientClosed},
}

// refusal is a fault that needs more than its code to be answered.
type refusal struct {
	Fault
	status  int // in place of the code's
	header  http.Header
	details []errorDetail // further errors inside
}

// failure is the one place that turns an error into an answer.
func failure(err error) *answer {
	if r, ok := errors.AsType[*refusal](err); ok {
		status := r.status
		if status == 0 {
			status = statuses[r.Code]
		}
		return &answer{status: status, header: r.header, body: errorBody{Error: errorDetail{r.Code, r.Message, r.details}}}
	}
	f, ok := errors.AsType[*Fault](err)
	if !ok {
		f = &Fault{Code: codeInternal, Message: err.Error()}
		for _, s := range storeFaults {
			if errors.Is(err, s.is) {
				f.Code = s.code
				break
			}
		}
		// What SQLite says itself is for nobody who knows no SQL.
		if words := store.Words(err); words != "" {
			f.Message = words
		}
	}
	return &answer{status: statuses[f.Code], body: errorBody{Error: errorDetail{Code: f.Code, Message: f.Message}}}
}

// invalidParameter is how the service refuses a property. Azure's text ends after the first two sentences; the reason
// spares the user a guess.
func invalidParameter(name, reason string) error {
	return &Fault{
		Code:    codeInvalidParameter,
		Message: fmt.Sprintf("%s parameter is invalid. Please provide a valid %s. %s", name, name, reason),
	}
}

func invalidContent(format string, args ...any) error {
	return &Fault{
		Code:    codeInvalidContent,
		Message: "The request content was invalid and could not be deserialized: " + fmt.Sprintf(format, args...),
	}
}
