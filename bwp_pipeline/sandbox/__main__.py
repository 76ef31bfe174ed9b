"""`python -m bwp_pipeline.sandbox`."""

import sys

from bwp_pipeline.sandbox.command import main

sys.exit(main())
