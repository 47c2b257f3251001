package provider_test

import (
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }
