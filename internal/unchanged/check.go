package unchanged

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ReportVariable is the environment variable that names a file in which differences are noted, for tests whose commands fail
// as they should.
const ReportVariable = "BACKUP_SHORT_CUTS_REPORT"

// checked gives an answer out when the framework's is the same, and the framework's with an error otherwise.
func checked[R any](k *kind, request string, answer, truth *R, err error, add func(*R, *tfprotov6.Diagnostic)) (*R, error) {
	if err != nil || truth == nil {
		return truth, err
	}
	differences := k.differences(answer, truth)
	if len(differences) == 0 {
		return answer, nil
	}
	detail := fmt.Sprintf("%s of %s:\n%s", request, k.name, strings.Join(differences, "\n"))
	if file := os.Getenv(ReportVariable); file != "" {
		if err := note(file, detail); err != nil {
			return nil, err
		}
	}
	add(truth, &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: "A short cut leads elsewhere",
		Detail: detail + "\n\nThis is a defect of the provider. " + Variable + "=" + Off + " goes without short cuts.",
	})
	return truth, nil
}

func note(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text + "\n\n"); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// differences are those of two responses, by the names of their fields.
func (k *kind) differences(answer, truth any) (all []string) {
	is, want := reflect.ValueOf(answer).Elem(), reflect.ValueOf(truth).Elem()
	for n := range want.NumField() {
		name := want.Type().Field(n).Name
		got, wanted := k.describe(is.Field(n).Interface()), k.describe(want.Field(n).Interface())
		if got != wanted {
			all = append(all, fmt.Sprintf("%s is %s, and the framework says %s", name, got, wanted))
		}
	}
	return all
}

// describe words a part of a response, so that what means the same reads the same.
func (k *kind) describe(part any) string {
	switch part := part.(type) {
	case *tfprotov6.DynamicValue:
		return describeValue(part, k.stateType)
	case *tfprotov6.ResourceIdentityData:
		if part != nil {
			return describeValue(part.IdentityData, k.identityType)
		}
	case []byte:
		keys := map[string][]byte{}
		if len(part) > 0 && json.Unmarshal(part, &keys) != nil {
			return fmt.Sprintf("%q", part)
		}
		return fmt.Sprintf("%q", keys)
	case []*tfprotov6.Diagnostic:
		var texts []string
		for _, d := range part {
			texts = append(texts, fmt.Sprintf("%s %q %q at %s", d.Severity, d.Summary, d.Detail, d.Attribute))
		}
		return strings.Join(texts, "; ")
	}
	if v := reflect.ValueOf(part); v.Kind() == reflect.Slice && v.Len() == 0 {
		return "[]"
	}
	return fmt.Sprintf("%v", part)
}

func describeValue(value *tfprotov6.DynamicValue, kind tftypes.Type) string {
	if value == nil {
		return "nothing"
	}
	decoded, err := value.Unmarshal(kind)
	if err != nil {
		return err.Error()
	}
	return wording(decoded)
}

// wording is a value in words. The order of a set means nothing.
func wording(value tftypes.Value) string {
	if !value.IsKnown() {
		return "(unknown)"
	}
	if value.IsNull() {
		return "null"
	}
	var parts []string
	var members map[string]tftypes.Value
	var elements []tftypes.Value
	if value.As(&members) == nil {
		for _, name := range slices.Sorted(maps.Keys(members)) {
			parts = append(parts, fmt.Sprintf("%q: %s", name, wording(members[name])))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	if value.As(&elements) != nil {
		return value.String()
	}
	for _, element := range elements {
		parts = append(parts, wording(element))
	}
	if value.Type().Is(tftypes.Set{}) {
		slices.Sort(parts)
		parts = slices.Compact(parts)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (s *Server) checkUpgrade(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest, answer *tfprotov6.UpgradeResourceStateResponse) (*tfprotov6.UpgradeResourceStateResponse, error) {
	truth, err := s.Framework.UpgradeResourceState(ctx, req)
	return checked(s.kinds[req.TypeName], "Upgrade", answer, truth, err, func(r *tfprotov6.UpgradeResourceStateResponse, d *tfprotov6.Diagnostic) {
		r.Diagnostics = append(r.Diagnostics, d)
	})
}

func (s *Server) checkRead(ctx context.Context, req *tfprotov6.ReadResourceRequest, answer *tfprotov6.ReadResourceResponse) (*tfprotov6.ReadResourceResponse, error) {
	truth, err := s.Framework.ReadResource(ctx, req)
	return checked(s.kinds[req.TypeName], "Read", answer, truth, err, func(r *tfprotov6.ReadResourceResponse, d *tfprotov6.Diagnostic) {
		r.Diagnostics = append(r.Diagnostics, d)
	})
}

func (s *Server) checkPlan(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest, answer *tfprotov6.PlanResourceChangeResponse) (*tfprotov6.PlanResourceChangeResponse, error) {
	truth, err := s.Framework.PlanResourceChange(ctx, req)
	return checked(s.kinds[req.TypeName], "Plan", answer, truth, err, func(r *tfprotov6.PlanResourceChangeResponse, d *tfprotov6.Diagnostic) {
		r.Diagnostics = append(r.Diagnostics, d)
	})
}

func (s *Server) checkValidation(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest, answer *tfprotov6.ValidateResourceConfigResponse) (*tfprotov6.ValidateResourceConfigResponse, error) {
	truth, err := s.Framework.ValidateResourceConfig(ctx, req)
	return checked(s.kinds[req.TypeName], "Validation", answer, truth, err, func(r *tfprotov6.ValidateResourceConfigResponse, d *tfprotov6.Diagnostic) {
		r.Diagnostics = append(r.Diagnostics, d)
	})
}
