"""What people do: one function per changing line of the policy table; only here are rows written."""
