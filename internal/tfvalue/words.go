package tfvalue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// Problem words a failed call for the user: which object, what the service said, what to do, and the request id that
// support asks for. advice may be empty.
func Problem(object string, err error, advice string) string {
	var b strings.Builder
	var failed *vault.FailedError
	var refusal *arm.Error
	var timeout *arm.TimeoutError
	var limit *arm.Limit
	var unseen *vault.UnseenError
	var doubt *vault.DoubtError
	var unreadable *arm.UnreadableError
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(&b, "%s: interrupted.", object)
	case errors.As(err, &limit):
		fmt.Fprintf(&b, "%s: %s.", object, limit)
	case errors.As(err, &timeout):
		fmt.Fprintf(&b, "%s: the time ran out.", object)
	case errors.As(err, &unseen):
		fmt.Fprintf(&b, "%s: %s", object, unseen)
	case errors.As(err, &doubt):
		refusal = doubt.Answer
		fmt.Fprintf(&b, "%s: whether it still exists is not known.\n\nThe service answered that it does not (%s). That is not taken for the truth: %s",
			object, strings.TrimRight(doubt.Answer.Error(), "."), Sentence(doubt.Reason))
	case errors.As(err, &unreadable):
		fmt.Fprintf(&b, "%s: the answer cannot be understood.\n\n%s Another program may have stored it so, or something between this machine and the "+
			"service may have changed the answer.", object, Sentence(unreadable.Error()))
	case errors.As(err, &failed):
		errors.As(err, &refusal)
		b.WriteString(failed.Error())
	case errors.As(err, &refusal) && refusal.Garbled:
		fmt.Fprintf(&b, "%s: the answer cannot be understood.\n\n%s Something between this machine and the service may have put its own answer in place of "+
			"the service's, such as a proxy, or cut it.", object, Sentence(refusal.Error()))
	case errors.As(err, &refusal):
		fmt.Fprintf(&b, "%s: the service refused.\n\n%s", object, Sentence(refusal.Error()))
	default:
		fmt.Fprintf(&b, "%s: %s", object, err)
	}
	if errors.As(err, &timeout) && timeout.LastWord != "" {
		fmt.Fprintf(&b, " The last thing the service said was: %s", timeout.LastWord)
	}
	text := Sentence(b.String())
	if timeout != nil && timeout.NoAnswer != nil {
		text += "\n\n" + Sentence("The latest request had "+timeout.NoAnswer.Error())
	}
	if doubt != nil {
		text += "\n\n" + doubtAdvice
	}
	if advice != "" {
		text += "\n\n" + advice
	}
	if arm.IsUntrusted(err) {
		text += "\n\n" + trustAdvice
	}
	if arm.HasCode(err, "AuthorizationFailed") {
		text += "\n\n" + rightsAdvice
	}
	if refusal != nil && refusal.RequestID != "" {
		text += "\n\nRequest id: " + refusal.RequestID
	}
	return text
}

// doubtAdvice is for an answer about an object that what is around the object does not bear out.
const doubtAdvice = "Nothing is taken out of the state for such an answer. A wrong account, tenant or environment looks like that, and so does a proxy or gateway that " +
	"answers in the service's place: make sure of how the provider signs in, of subscription_id, environment and endpoint, and run this again, also when " +
	"something was deleted just now. If you know that it is gone for good, take it out by `terraform state rm` (or `tofu state rm`) and the address of its resource."

// trustAdvice is for a server, or a proxy before it, whose certificate this machine does not trust.
const trustAdvice = "This machine does not trust the certificate. If the service, or a proxy on the way to it, has a certificate of an authority of your " +
	"own, make the authority known: on Linux by the environment variable SSL_CERT_FILE with the path of its certificate, elsewhere in the system's settings."

// rightsAdvice is for an identity that signed in and lacks a role.
const rightsAdvice = "The identity that the provider is signed in with lacks the right to do this. Give it a role that has the action named above, at that scope or " +
	"above it, such as Contributor on the resource group. A role given just now takes some minutes to count. If it is the wrong identity, look at " +
	"how the provider signs in: the log at the level INFO says it."

// GoneAdvice is for a data source whose object is not there. A destroy makes a plan with everything in the configuration first.
const GoneAdvice = "If it is gone for good and this is a destroy, run it with -refresh=false: then data sources are not read."

// ArgumentError is the error of a function's first argument. Terraform and OpenTofu put a full stop after it.
func ArgumentError(text string) *function.FuncError {
	return function.NewArgumentFuncError(0, strings.TrimSuffix(Sentence(text), "."))
}

// Listed names things in the order of their names, as many as a message can hold.
func Listed(names []string) string {
	const most = 10
	names = slices.Sorted(slices.Values(names))
	list := strings.Join(names[:min(len(names), most)], ", ")
	if more := len(names) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// Sentences makes one of each line: what breaks several rules has a line for each.
func Sentences(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Sentence(line)
	}
	return strings.Join(lines, "\n")
}

// Sentence makes one of a rule's text: a capital first, unless it begins with the name of an attribute, a full stop last.
func Sentence(s string) string {
	runes := []rune(strings.TrimSpace(s))
	if len(runes) == 0 {
		return ""
	}
	if word, _, _ := strings.Cut(s, " "); !strings.Contains(word, "_") {
		runes[0] = unicode.ToUpper(runes[0])
	}
	if last := runes[len(runes)-1]; !strings.ContainsRune(".!?:", last) {
		runes = append(runes, '.')
	}
	return string(runes)
}
