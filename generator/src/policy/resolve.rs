//! From the main configuration file to the policy of each stack.
