/* Every endpoint × caller × own, foreign and unknown id → status. A route without rows fails the test, and so
   does a row that lets a role in which the route table keeps out. Foreign ids answer as unknown ones. */
#include "tests/support/testing.h"

#include <string.h>

#include "api/router.h"
#include "api/server.h"
#include "core/store/requests.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

static const char range[] = "from=2026-11-23T00:00:00Z&to=2026-11-24T00:00:00Z";

/* In a path, @published, @draft, @bad, @forecast, @import, @override, @what_if, @shift_ana, @shift_cira,
 * @off_*,
 * @swap_*,
 * @run and @secret stand for those of the fixture, @range for a day. Rows run in this order on one database.
 */
static const struct {
    const char *method, *pattern, *path;
    int want[CALLER_N]; /* nobody, bad token, ana, cira, acme, zeta, planner */
} rows[] = {
    /* clang-format off */
    {"GET", "/", "/",                                                  {200, 200, 200, 200, 200, 200, 200}},
    {"GET", "/web/{file}", "/web/app.js",                              {200, 200, 200, 200, 200, 200, 200}},
    {"GET", "/web/{file}", "/web/none.js",                             {404, 404, 404, 404, 404, 404, 404}},
    {"GET", "/healthz", "/healthz",                                    {200, 200, 200, 200, 200, 200, 200}},
    {"GET", "/readyz", "/readyz",                                      {200, 200, 200, 200, 200, 200, 200}},
    {"GET", "/metrics", "/metrics",                                    {200, 200, 200, 200, 200, 200, 200}},
    {"GET", "/v1/openapi.yaml", "/v1/openapi.yaml",                    {200, 200, 200, 200, 200, 200, 200}},
    {"GET", "/openapi.json", "/openapi.json",                          {200, 200, 200, 200, 200, 200, 200}},

    {"GET", "/v1/me", "/v1/me",                                        {401, 401, 200, 200, 200, 200, 200}},
    {"GET", "/v1/me/shifts", "/v1/me/shifts",                          {401, 401, 200, 200, 403, 403, 403}},
    {"GET", "/v1/me/shifts", "/v1/me/shifts?since=0",                  {401, 401, 200, 200, 403, 403, 403}},
    {"GET", "/v1/me/shifts/{id}", "/v1/me/shifts/@shift_ana",          {401, 401, 200, 404, 403, 403, 403}},
    {"GET", "/v1/me/shifts/{id}", "/v1/me/shifts/@shift_cira",         {401, 401, 404, 200, 403, 403, 403}},
    {"GET", "/v1/me/shifts/{id}", "/v1/me/shifts/999999",              {401, 401, 404, 404, 403, 403, 403}},
    {"GET", "/v1/me/shifts/{id}", "/v1/me/shifts/x",                   {401, 401, 404, 404, 403, 403, 403}},
    {"GET", "/v1/me/shifts/{id}/why", "/v1/me/shifts/@shift_ana/why",  {401, 401, 200, 404, 403, 403, 403}},
    {"GET", "/v1/me/shifts/{id}/why", "/v1/me/shifts/@shift_cira/why", {401, 401, 404, 200, 403, 403, 403}},
    {"GET", "/v1/me/shifts/{id}/why", "/v1/me/shifts/999999/why",      {401, 401, 404, 404, 403, 403, 403}},
    {"GET", "/v1/me/balance", "/v1/me/balance",                        {401, 401, 200, 200, 403, 403, 403}},
    {"GET", "/v1/me/time-off", "/v1/me/time-off",                      {401, 401, 200, 200, 403, 403, 403}},
    {"POST", "/v1/me/time-off", "/v1/me/time-off",                     {401, 401, 415, 415, 403, 403, 403}},
    {"GET", "/v1/me/time-off/{id}", "/v1/me/time-off/@off_ana",        {401, 401, 200, 404, 403, 403, 403}},
    {"GET", "/v1/me/time-off/{id}", "/v1/me/time-off/@off_cira",       {401, 401, 404, 200, 403, 403, 403}},
    {"GET", "/v1/me/time-off/{id}", "/v1/me/time-off/999999",          {401, 401, 404, 404, 403, 403, 403}},
    {"GET", "/v1/me/swaps", "/v1/me/swaps",                            {401, 401, 200, 200, 403, 403, 403}},
    {"GET", "/v1/me/swaps", "/v1/me/swaps?whose=for_me",               {401, 401, 200, 200, 403, 403, 403}},
    {"POST", "/v1/me/swaps", "/v1/me/swaps",                           {401, 401, 415, 415, 403, 403, 403}},
    {"GET", "/v1/me/swaps/{id}", "/v1/me/swaps/@swap_ana",             {401, 401, 200, 404, 403, 403, 403}},
    {"GET", "/v1/me/swaps/{id}", "/v1/me/swaps/@swap_cira",            {401, 401, 404, 200, 403, 403, 403}},
    {"GET", "/v1/me/swaps/{id}", "/v1/me/swaps/999999",                {401, 401, 404, 404, 403, 403, 403}},
    {"POST", "/v1/me/swaps/{id}/accept", "/v1/me/swaps/@swap_ana/accept",  {401, 401, 404, 404, 403, 403, 403}},
    {"POST", "/v1/me/swaps/{id}/accept", "/v1/me/swaps/@swap_cira/accept", {401, 401, 404, 404, 403, 403, 403}},
    {"POST", "/v1/me/swaps/{id}/accept", "/v1/me/swaps/999999/accept", {401, 401, 404, 404, 403, 403, 403}},
    {"GET", "/v1/time-off-requests", "/v1/time-off-requests",          {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/time-off-requests/{id}", "/v1/time-off-requests/@off_ana",  {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/time-off-requests/{id}", "/v1/time-off-requests/@off_cira", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/time-off-requests/{id}", "/v1/time-off-requests/999999",    {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/time-off-rules", "/v1/time-off-rules",                {401, 401, 403, 403, 403, 403, 200}},
    {"PUT", "/v1/time-off-rules", "/v1/time-off-rules",                {401, 401, 403, 403, 403, 403, 428}},
    {"GET", "/v1/swaps", "/v1/swaps",                                  {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/swaps/{id}", "/v1/swaps/@swap_ana",                   {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/swaps/{id}", "/v1/swaps/@swap_cira",                  {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/swaps/{id}", "/v1/swaps/999999",                      {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/swap-rules", "/v1/swap-rules",                        {401, 401, 403, 403, 403, 403, 200}},
    {"PUT", "/v1/swap-rules", "/v1/swap-rules",                        {401, 401, 403, 403, 403, 403, 428}},
    {"GET", "/v1/agents", "/v1/agents",                                {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/operation", "/v1/operation",                                    {401, 401, 403, 403, 403, 403, 200}},
    {"PUT", "/v1/operation", "/v1/operation",                                    {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/operation", "/v1/operation",                                  {401, 401, 403, 403, 403, 403, 428}},
    {"GET", "/v1/operation/export", "/v1/operation/export",                      {401, 401, 403, 403, 403, 403, 200}},

    {"GET", "/v1/agents", "/v1/agents?site=mnl&contract=full&skill=acme-voice&active=true", {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/agents/bulk", "/v1/agents/bulk",                               {401, 401, 403, 403, 403, 403, 415}},
    {"GET", "/v1/agents/{id}", "/v1/agents/ana",                                 {401, 401, 200, 404, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/availability", "/v1/agents/ana/availability",       {401, 401, 200, 404, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/preferences", "/v1/agents/ana/preferences",         {401, 401, 200, 404, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/time-off", "/v1/agents/ana/time-off",               {401, 401, 200, 404, 403, 403, 200}},
    {"GET", "/v1/agents/{id}", "/v1/agents/cira",                                {401, 401, 404, 200, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/availability", "/v1/agents/cira/availability",      {401, 401, 404, 200, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/preferences", "/v1/agents/cira/preferences",        {401, 401, 404, 200, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/time-off", "/v1/agents/cira/time-off",              {401, 401, 404, 200, 403, 403, 200}},
    {"GET", "/v1/agents/{id}", "/v1/agents/nobody",                              {401, 401, 404, 404, 403, 403, 404}},
    {"GET", "/v1/agents/{id}/availability", "/v1/agents/nobody/availability",    {401, 401, 404, 404, 403, 403, 404}},
    {"GET", "/v1/agents/{id}/preferences", "/v1/agents/nobody/preferences",      {401, 401, 404, 404, 403, 403, 404}},
    {"GET", "/v1/agents/{id}/time-off", "/v1/agents/nobody/time-off",            {401, 401, 404, 404, 403, 403, 404}},
    {"PUT", "/v1/agents/{id}", "/v1/agents/ana",                                 {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/agents/{id}", "/v1/agents/ana",                               {401, 401, 403, 403, 403, 403, 428}},
    {"PUT", "/v1/agents/{id}/availability", "/v1/agents/ana/availability",       {401, 401, 403, 403, 403, 403, 428}},
    {"PUT", "/v1/agents/{id}/preferences", "/v1/agents/ana/preferences",         {401, 401, 403, 403, 403, 403, 428}},
    {"POST", "/v1/agents/{id}/time-off", "/v1/agents/ana/time-off",              {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/agents/{id}", "/v1/agents/cira",                                {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/agents/{id}", "/v1/agents/cira",                              {401, 401, 403, 403, 403, 403, 428}},
    {"PUT", "/v1/agents/{id}/availability", "/v1/agents/cira/availability",      {401, 401, 403, 403, 403, 403, 428}},
    {"PUT", "/v1/agents/{id}/preferences", "/v1/agents/cira/preferences",        {401, 401, 403, 403, 403, 403, 428}},
    {"POST", "/v1/agents/{id}/time-off", "/v1/agents/cira/time-off",             {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/agents/{id}", "/v1/agents/nobody",                              {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/agents/{id}", "/v1/agents/nobody",                            {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/agents/{id}/availability", "/v1/agents/nobody/availability",    {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/agents/{id}/preferences", "/v1/agents/nobody/preferences",      {401, 401, 403, 403, 403, 403, 415}},
    {"POST", "/v1/agents/{id}/time-off", "/v1/agents/nobody/time-off",           {401, 401, 403, 403, 403, 403, 415}},
    {"GET", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/@off_ana",  {401, 401, 200, 404, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/time-off/{n}", "/v1/agents/cira/time-off/@off_cira", {401, 401, 404, 200, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/@off_cira", {401, 401, 404, 404, 403, 403, 404}},
    {"GET", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/999999",    {401, 401, 404, 404, 403, 403, 404}},
    {"GET", "/v1/agents/{id}/time-off/{n}", "/v1/agents/nobody/time-off/@off_ana", {401, 401, 404, 404, 403, 403, 404}},
    {"GET", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/x",         {401, 401, 404, 404, 403, 403, 404}},
    {"PUT", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/@off_ana",  {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/@off_ana", {401, 401, 403, 403, 403, 403, 428}},
    {"PUT", "/v1/agents/{id}/time-off/{n}", "/v1/agents/cira/time-off/@off_ana", {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/agents/{id}/time-off/{n}", "/v1/agents/cira/time-off/@off_ana", {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/999999",    {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/999999",  {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/x",         {401, 401, 403, 403, 403, 403, 404}},
    {"PATCH", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/x",       {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/agents/{id}/time-off/{n}", "/v1/agents/cira/time-off/@off_ana", {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/@off_ana", {401, 401, 403, 403, 403, 403, 204}},
    {"DELETE", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/999999", {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/agents/{id}/time-off/{n}", "/v1/agents/ana/time-off/x",      {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/time-off", "/v1/time-off",                                      {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/time-off/bulk", "/v1/time-off/bulk",                           {401, 401, 403, 403, 403, 403, 415}},
    {"GET", "/v1/agents/{id}/shifts", "/v1/agents/ana/shifts",         {401, 401, 200, 404, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/shifts", "/v1/agents/cira/shifts",        {401, 401, 404, 200, 403, 403, 200}},
    {"GET", "/v1/agents/{id}/shifts", "/v1/agents/nobody/shifts",      {401, 401, 404, 404, 403, 403, 404}},
    {"GET", "/v1/agents/{id}/shifts", "/v1/agents/a'%20or%201/shifts", {401, 401, 404, 404, 403, 403, 404}},
    {"GET", "/v1/agents/{id}/shifts", "/v1/agents/ANA/shifts",         {401, 401, 404, 404, 403, 403, 404}},

    {"GET", "/v1/calendar/{secret}.ics", "/v1/calendar/@secret.ics",   {200, 200, 200, 200, 200, 200, 200}},
    {"GET", "/v1/calendar/{secret}.ics", "/v1/calendar/x.ics",         {404, 404, 404, 404, 404, 404, 404}},
    {"GET", "/v1/calendar/{secret}.ics", "/v1/calendar/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics",
                                                                       {404, 404, 404, 404, 404, 404, 404}},

    {"GET", "/v1/clients", "/v1/clients",                              {401, 401, 403, 403, 200, 200, 200}},
    {"GET", "/v1/clients/{id}", "/v1/clients/acme",                              {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/clients/{id}", "/v1/clients/zeta",                              {401, 401, 403, 403, 404, 200, 200}},
    {"GET", "/v1/clients/{id}", "/v1/clients/none",                              {401, 401, 403, 403, 404, 404, 404}},
    {"PUT", "/v1/clients/{id}", "/v1/clients/acme",                              {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/clients/{id}", "/v1/clients/acme",                            {401, 401, 403, 403, 403, 403, 428}},
    {"DELETE", "/v1/clients/{id}", "/v1/clients/acme",                           {401, 401, 403, 403, 403, 403, 409}},
    {"PUT", "/v1/clients/{id}", "/v1/clients/zeta",                              {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/clients/{id}", "/v1/clients/zeta",                            {401, 401, 403, 403, 403, 403, 428}},
    {"DELETE", "/v1/clients/{id}", "/v1/clients/zeta",                           {401, 401, 403, 403, 403, 403, 409}},
    {"PUT", "/v1/clients/{id}", "/v1/clients/none",                              {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/clients/{id}", "/v1/clients/none",                            {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/clients/{id}", "/v1/clients/none",                           {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/clients/{id}/sla", "/v1/clients/acme/sla?@range",     {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/clients/{id}/sla", "/v1/clients/zeta/sla?@range",     {401, 401, 403, 403, 404, 200, 200}},
    {"GET", "/v1/clients/{id}/sla", "/v1/clients/none/sla?@range",     {401, 401, 403, 403, 404, 404, 404}},
    {"GET", "/v1/queues", "/v1/queues",                                {401, 401, 403, 403, 200, 200, 200}},
    {"GET", "/v1/queues", "/v1/queues?client=acme",                    {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/queues", "/v1/queues?client=none",                    {401, 401, 403, 403, 404, 404, 404}},
    {"GET", "/v1/queues/{id}", "/v1/queues/acme-voice",                          {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/queues/{id}", "/v1/queues/zeta-voice",                          {401, 401, 403, 403, 404, 200, 200}},
    {"GET", "/v1/queues/{id}", "/v1/queues/none",                                {401, 401, 403, 403, 404, 404, 404}},
    {"PUT", "/v1/queues/{id}", "/v1/queues/acme-voice",                          {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/queues/{id}", "/v1/queues/acme-voice",                        {401, 401, 403, 403, 403, 403, 428}},
    {"DELETE", "/v1/queues/{id}", "/v1/queues/acme-voice",                       {401, 401, 403, 403, 403, 403, 409}},
    {"PUT", "/v1/queues/{id}", "/v1/queues/zeta-voice",                          {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/queues/{id}", "/v1/queues/zeta-voice",                        {401, 401, 403, 403, 403, 403, 428}},
    {"DELETE", "/v1/queues/{id}", "/v1/queues/zeta-voice",                       {401, 401, 403, 403, 403, 403, 409}},
    {"PUT", "/v1/queues/{id}", "/v1/queues/none",                                {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/queues/{id}", "/v1/queues/none",                              {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/queues/{id}", "/v1/queues/none",                             {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/queues/{id}/coverage", "/v1/queues/acme-voice/coverage?@range", {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/queues/{id}/coverage", "/v1/queues/zeta-voice/coverage?@range", {401, 401, 403, 403, 404, 200, 200}},
    {"GET", "/v1/queues/{id}/coverage", "/v1/queues/none/coverage?@range",       {401, 401, 403, 403, 404, 404, 404}},
    {"GET", "/v1/queues/{id}/forecast", "/v1/queues/acme-voice/forecast?@range", {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/queues/{id}/forecast", "/v1/queues/zeta-voice/forecast?@range", {401, 401, 403, 403, 404, 404, 404}},
    {"GET", "/v1/queues/{id}/forecast", "/v1/queues/none/forecast?@range",       {401, 401, 403, 403, 404, 404, 404}},
    {"GET", "/v1/queues/{id}/forecast", "/v1/queues/acme-voice/forecast?@range&scenario=mail", {401, 401, 403, 403, 404, 404, 200}},
    {"GET", "/v1/queues/{id}/history", "/v1/queues/acme-voice/history?@range", {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/queues/{id}/history", "/v1/queues/zeta-voice/history?@range", {401, 401, 403, 403, 404, 200, 200}},
    {"GET", "/v1/queues/{id}/history", "/v1/queues/none/history?@range",       {401, 401, 403, 403, 404, 404, 404}},
    {"POST", "/v1/history", "/v1/history",                             {401, 401, 403, 403, 403, 403, 415}},
    {"GET", "/v1/imports", "/v1/imports",                              {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/imports/{id}", "/v1/imports/@import",                 {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/imports/{id}", "/v1/imports/999999",                  {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/imports/{id}", "/v1/imports/x",                       {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/queues/{id}/requirement", "/v1/queues/acme-voice/requirement?@range", {401, 401, 403, 403, 501, 404, 501}},
    {"GET", "/v1/queues/{id}/requirement", "/v1/queues/zeta-voice/requirement?@range", {401, 401, 403, 403, 404, 501, 501}},
    {"GET", "/v1/queues/{id}/requirement", "/v1/queues/none/requirement?@range",       {401, 401, 403, 403, 404, 404, 404}},
    {"POST", "/v1/staffing/calculator", "/v1/staffing/calculator",     {401, 401, 403, 403, 403, 403, 415}},
    {"GET", "/v1/queues/{id}/accuracy", "/v1/queues/acme-voice/accuracy?@range", {401, 401, 403, 403, 403, 403, 501}},
    {"GET", "/v1/queues/{id}/accuracy", "/v1/queues/zeta-voice/accuracy?@range", {401, 401, 403, 403, 403, 403, 501}},
    {"GET", "/v1/queues/{id}/accuracy", "/v1/queues/none/accuracy?@range",       {401, 401, 403, 403, 403, 403, 404}},

    {"GET", "/v1/forecasts", "/v1/forecasts",                          {401, 401, 403, 403, 200, 200, 200}},
    {"GET", "/v1/forecasts", "/v1/forecasts?queue=acme-voice",         {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/forecasts", "/v1/forecasts?queue=none",               {401, 401, 403, 403, 404, 404, 404}},
    {"GET", "/v1/forecasts/{id}", "/v1/forecasts/@forecast",           {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/forecasts/{id}", "/v1/forecasts/999999",              {401, 401, 403, 403, 404, 404, 404}},
    {"GET", "/v1/forecasts/{id}", "/v1/forecasts/x",                   {401, 401, 403, 403, 404, 404, 404}},
    {"GET", "/v1/forecasts/{id}/compare/{other}", "/v1/forecasts/@forecast/compare/@forecast", {401, 401, 403, 403, 200, 404, 200}},
    {"GET", "/v1/forecasts/{id}/compare/{other}", "/v1/forecasts/@forecast/compare/999999", {401, 401, 403, 403, 404, 404, 404}},
    {"GET", "/v1/forecasts/{id}/compare/{other}", "/v1/forecasts/999999/compare/@forecast", {401, 401, 403, 403, 404, 404, 404}},

    {"GET", "/v1/overrides", "/v1/overrides",                          {401, 401, 403, 403, 200, 200, 200}},
    {"GET", "/v1/overrides", "/v1/overrides?removed=true&week=2026-W48", {401, 401, 403, 403, 200, 200, 200}},
    {"GET", "/v1/overrides", "/v1/overrides?queue=zeta-voice",         {401, 401, 403, 403, 404, 200, 200}},
    {"GET", "/v1/overrides", "/v1/overrides?scenario=mail",            {401, 401, 403, 403, 404, 404, 200}},
    {"POST", "/v1/overrides", "/v1/overrides",                         {401, 401, 403, 403, 403, 403, 415}},
    {"GET", "/v1/overrides/{id}", "/v1/overrides/@override",           {401, 401, 403, 403, 404, 200, 200}},
    {"GET", "/v1/overrides/{id}", "/v1/overrides/@what_if",            {401, 401, 403, 403, 404, 404, 200}},
    {"GET", "/v1/overrides/{id}", "/v1/overrides/999999",              {401, 401, 403, 403, 404, 404, 404}},
    {"DELETE", "/v1/overrides/{id}", "/v1/overrides/@override",        {401, 401, 403, 403, 403, 403, 204}},
    {"DELETE", "/v1/overrides/{id}", "/v1/overrides/999999",           {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/overrides/{id}", "/v1/overrides/x",                {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/scenarios", "/v1/scenarios",                          {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/scenarios/{name}", "/v1/scenarios/mail",              {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/scenarios/{name}", "/v1/scenarios/none",              {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/scenarios/{name}", "/v1/scenarios/mail",              {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/scenarios/{name}", "/v1/scenarios/none",              {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/scenarios/{name}", "/v1/scenarios/mail",           {401, 401, 403, 403, 403, 403, 204}},
    {"DELETE", "/v1/scenarios/{name}", "/v1/scenarios/none",           {401, 401, 403, 403, 403, 403, 404}},

    {"GET", "/v1/runs", "/v1/runs",                                    {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/runs", "/v1/runs?state=queued&kind=plan",             {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/runs/{id}", "/v1/runs/@run",                          {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/runs/{id}", "/v1/runs/999999",                        {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/runs/{id}", "/v1/runs/x",                             {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/runs/{id}/messages", "/v1/runs/@run/messages",        {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/runs/{id}/messages", "/v1/runs/999999/messages",      {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/runs/{id}/messages", "/v1/runs/x/messages",           {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/runs", "/v1/runs", /* no engine reads it here */     {401, 401, 403, 403, 403, 403, 501}},
    {"POST", "/v1/runs/{id}/retry", "/v1/runs/@run/retry",             {401, 401, 403, 403, 403, 403, 409}},
    {"POST", "/v1/runs/{id}/retry", "/v1/runs/999999/retry",           {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/runs/{id}/retry", "/v1/runs/x/retry",                {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/runs/{id}/cancel", "/v1/runs/@run/cancel",           {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/runs/{id}/cancel", "/v1/runs/999999/cancel",         {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/runs/{id}/cancel", "/v1/runs/x/cancel",              {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/runs/{id}/events", "/v1/runs/@run/events", /* has ended */ {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/runs/{id}/events", "/v1/runs/999999/events",          {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/runs/{id}/events", "/v1/runs/x/events",               {401, 401, 403, 403, 403, 403, 404}},

    {"GET", "/v1/tokens", "/v1/tokens",                                {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/tokens", "/v1/tokens",                               {401, 401, 403, 403, 403, 403, 415}},
    {"GET", "/v1/tokens/{id}", "/v1/tokens/1",                         {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/tokens/{id}", "/v1/tokens/999999",                    {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/tokens/{id}", "/v1/tokens/x",                         {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/tokens/{id}", "/v1/tokens/999999",                 {401, 401, 404, 404, 404, 404, 404}},
    {"DELETE", "/v1/tokens/{id}", "/v1/tokens/x",                      {401, 401, 404, 404, 404, 404, 404}},
    {"DELETE", "/v1/tokens/{id}", "/v1/tokens/99999999999999999999",   {401, 401, 404, 404, 404, 404, 404}},
    {"POST", "/v1/tokens/{id}/rotation", "/v1/tokens/1/rotation",      {401, 401, 403, 403, 403, 403, 415}},
    {"POST", "/v1/tokens/{id}/rotation", "/v1/tokens/999999/rotation", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/tokens/{id}/rotation", "/v1/tokens/x/rotation",      {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/audit", "/v1/audit?action=roster",                    {401, 401, 403, 403, 403, 403, 200}},

    {"GET", "/v1/sites", "/v1/sites",                                            {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/sites/{id}", "/v1/sites/mnl",                                   {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/sites/{id}", "/v1/sites/bog",                                   {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/sites/{id}", "/v1/sites/none",                                  {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/sites/{id}", "/v1/sites/mnl",                                   {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/sites/{id}", "/v1/sites/mnl",                                 {401, 401, 403, 403, 403, 403, 428}},
    {"DELETE", "/v1/sites/{id}", "/v1/sites/mnl",                                {401, 401, 403, 403, 403, 403, 409}},
    {"PUT", "/v1/sites/{id}", "/v1/sites/bog",                                   {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/sites/{id}", "/v1/sites/bog",                                 {401, 401, 403, 403, 403, 403, 428}},
    {"DELETE", "/v1/sites/{id}", "/v1/sites/bog",                                {401, 401, 403, 403, 403, 403, 409}},
    {"PUT", "/v1/sites/{id}", "/v1/sites/none",                                  {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/sites/{id}", "/v1/sites/none",                                {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/sites/{id}", "/v1/sites/none",                               {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/templates", "/v1/templates",                                    {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/templates/{id}", "/v1/templates/day",                           {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/templates/{id}", "/v1/templates/night",                         {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/templates/{id}", "/v1/templates/none",                          {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/templates/{id}", "/v1/templates/day",                           {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/templates/{id}", "/v1/templates/day",                         {401, 401, 403, 403, 403, 403, 428}},
    {"DELETE", "/v1/templates/{id}", "/v1/templates/day",                        {401, 401, 403, 403, 403, 403, 409}},
    {"PUT", "/v1/templates/{id}", "/v1/templates/night",                         {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/templates/{id}", "/v1/templates/night",                       {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/templates/{id}", "/v1/templates/night",                      {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/templates/{id}", "/v1/templates/none",                          {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/templates/{id}", "/v1/templates/none",                        {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/templates/{id}", "/v1/templates/none",                       {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/contracts", "/v1/contracts",                                    {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/contracts/{id}", "/v1/contracts/full",                          {401, 401, 200, 200, 403, 403, 200}},
    {"GET", "/v1/contracts/{id}", "/v1/contracts/half",                          {401, 401, 404, 404, 403, 403, 404}},
    {"GET", "/v1/contracts/{id}", "/v1/contracts/none",                          {401, 401, 404, 404, 403, 403, 404}},
    {"PUT", "/v1/contracts/{id}", "/v1/contracts/full",                          {401, 401, 403, 403, 403, 403, 428}},
    {"PATCH", "/v1/contracts/{id}", "/v1/contracts/full",                        {401, 401, 403, 403, 403, 403, 428}},
    {"DELETE", "/v1/contracts/{id}", "/v1/contracts/full",                       {401, 401, 403, 403, 403, 403, 409}},
    {"PUT", "/v1/contracts/{id}", "/v1/contracts/half",                          {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/contracts/{id}", "/v1/contracts/half",                        {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/contracts/{id}", "/v1/contracts/half",                       {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/contracts/{id}", "/v1/contracts/none",                          {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/contracts/{id}", "/v1/contracts/none",                        {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/contracts/{id}", "/v1/contracts/none",                       {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/meetings", "/v1/meetings?agent=ana",                            {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/meetings/{id}", "/v1/meetings/team",                            {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/meetings/{id}", "/v1/meetings/a'%20or%201",                     {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/meetings/{id}", "/v1/meetings/none",                            {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/meetings/{id}", "/v1/meetings/team",                            {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/meetings/{id}", "/v1/meetings/team",                          {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/meetings/{id}", "/v1/meetings/team",                         {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/meetings/{id}", "/v1/meetings/a'%20or%201",                     {401, 401, 403, 403, 403, 403, 404}},
    {"PATCH", "/v1/meetings/{id}", "/v1/meetings/a'%20or%201",                   {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/meetings/{id}", "/v1/meetings/a'%20or%201",                  {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/meetings/{id}", "/v1/meetings/none",                            {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/meetings/{id}", "/v1/meetings/none",                          {401, 401, 403, 403, 403, 403, 415}},
    {"DELETE", "/v1/meetings/{id}", "/v1/meetings/none",                         {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/special-days", "/v1/special-days?client=acme",                  {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/special-days", "/v1/special-days?client=none",                  {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/special-days", "/v1/special-days",                             {401, 401, 403, 403, 403, 403, 415}},
    {"GET", "/v1/special-days/{n}", "/v1/special-days/999999",                   {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/special-days/{n}", "/v1/special-days/x",                        {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/special-days/{n}", "/v1/special-days/999999",                   {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/special-days/{n}", "/v1/special-days/x",                        {401, 401, 403, 403, 403, 403, 404}},
    {"PATCH", "/v1/special-days/{n}", "/v1/special-days/999999",                 {401, 401, 403, 403, 403, 403, 415}},
    {"PATCH", "/v1/special-days/{n}", "/v1/special-days/x",                      {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/special-days/{n}", "/v1/special-days/999999",                {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/special-days/{n}", "/v1/special-days/x",                     {401, 401, 403, 403, 403, 403, 404}},

    {"GET", "/v1/rosters", "/v1/rosters",                              {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}", "/v1/rosters/@published",              {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}", "/v1/rosters/@draft",                  {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}", "/v1/rosters/999999",                  {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}", "/v1/rosters/x",                       {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}", "/v1/rosters/99999999999999999999",    {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/shifts", "/v1/rosters/@published/shifts", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/shifts", "/v1/rosters/@draft/shifts",    {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/shifts", "/v1/rosters/999999/shifts",    {401, 401, 403, 403, 403, 403, 404}},

    {"GET", "/v1/rosters", "/v1/rosters?week=2026-W48&state=draft", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters", "/v1/rosters?state=lost", {401, 401, 403, 403, 403, 403, 422}},
    {"GET", "/v1/rosters/{id}/coverage", "/v1/rosters/@published/coverage", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/coverage", "/v1/rosters/@draft/coverage", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/coverage", "/v1/rosters/999999/coverage", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/coverage", "/v1/rosters/x/coverage", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/violations", "/v1/rosters/@published/violations", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/violations", "/v1/rosters/@draft/violations", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/violations", "/v1/rosters/999999/violations", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/violations", "/v1/rosters/x/violations", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/diff", "/v1/rosters/@published/diff", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/diff", "/v1/rosters/@draft/diff", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/diff", "/v1/rosters/999999/diff", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/diff", "/v1/rosters/x/diff", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/prices", "/v1/rosters/@published/prices", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/prices", "/v1/rosters/@draft/prices", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/prices", "/v1/rosters/999999/prices", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/prices", "/v1/rosters/x/prices", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/explain", "/v1/rosters/@published/explain?agent=ana", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/explain", "/v1/rosters/@draft/explain?agent=ana", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/explain", "/v1/rosters/999999/explain?agent=ana", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/explain", "/v1/rosters/x/explain?agent=ana", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/edits", "/v1/rosters/@published/edits", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/edits", "/v1/rosters/@draft/edits", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/edits", "/v1/rosters/999999/edits", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/edits", "/v1/rosters/x/edits", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/explain", "/v1/rosters/@draft/explain?queue=acme-voice&at=2026-11-23T02:00:00Z", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/explain", "/v1/rosters/@draft/explain", {401, 401, 403, 403, 403, 403, 400}},
    {"GET", "/v1/rosters/{id}/explain", "/v1/rosters/@draft/explain?agent=nobody", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/coverage", "/v1/rosters/@draft/coverage?queue=none", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/diff", "/v1/rosters/@draft/diff?against=999999", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/edits/{edit}", "/v1/rosters/@draft/edits/1", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/edits/{edit}", "/v1/rosters/@draft/edits/x", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/edits/{edit}", "/v1/rosters/999999/edits/1", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/rosters/{id}/edits", "/v1/rosters/@draft/edits", {401, 401, 403, 403, 403, 403, 428}},
    {"POST", "/v1/rosters/{id}/edits", "/v1/rosters/999999/edits", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/rosters/{id}/edits", "/v1/rosters/x/edits", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/rosters/{id}/edits/{edit}/undo", "/v1/rosters/@draft/edits/1/undo", {401, 401, 403, 403, 403, 403, 428}},
    {"POST", "/v1/rosters/{id}/edits/{edit}/undo", "/v1/rosters/999999/edits/1/undo", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/rosters/{id}/edits/{edit}/undo", "/v1/rosters/x/edits/1/undo", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/rosters/{id}/verify", "/v1/rosters/@published/verify", {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/rosters/{id}/verify", "/v1/rosters/@bad/verify", {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/rosters/{id}/verify", "/v1/rosters/999999/verify", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/rosters/{id}/copy", "/v1/rosters/@published/copy", {401, 401, 403, 403, 403, 403, 201}},
    {"POST", "/v1/rosters/{id}/copy", "/v1/rosters/999999/copy", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/rosters/{id}/copy", "/v1/rosters/x/copy", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/sla", "/v1/rosters/@published/sla",      {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/sla", "/v1/rosters/@draft/sla",          {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/rosters/{id}/sla", "/v1/rosters/999999/sla",          {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/rosters/{id}/sla", "/v1/rosters/x/sla",               {401, 401, 403, 403, 403, 403, 404}},

    {"POST", "/v1/time-off-requests/{id}/approve", "/v1/time-off-requests/@off_ana/approve",  {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/time-off-requests/{id}/approve", "/v1/time-off-requests/@off_cira/approve", {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/time-off-requests/{id}/approve", "/v1/time-off-requests/999999/approve",    {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/time-off-requests/{id}/deny", "/v1/time-off-requests/@off_ana/deny",        {401, 401, 403, 403, 403, 403, 415}},
    {"POST", "/v1/time-off-requests/{id}/deny", "/v1/time-off-requests/@off_cira/deny",       {401, 401, 403, 403, 403, 403, 415}},
    {"POST", "/v1/time-off-requests/{id}/deny", "/v1/time-off-requests/x/deny",               {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/swaps/{id}/approve", "/v1/swaps/@swap_ana/approve",  {401, 401, 403, 403, 403, 403, 409}},
    {"POST", "/v1/swaps/{id}/approve", "/v1/swaps/@swap_cira/approve", {401, 401, 403, 403, 403, 403, 409}},
    {"POST", "/v1/swaps/{id}/approve", "/v1/swaps/999999/approve",     {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/swaps/{id}/deny", "/v1/swaps/@swap_ana/deny",        {401, 401, 403, 403, 403, 403, 415}},
    {"POST", "/v1/swaps/{id}/deny", "/v1/swaps/@swap_cira/deny",       {401, 401, 403, 403, 403, 403, 415}},
    {"POST", "/v1/swaps/{id}/deny", "/v1/swaps/x/deny",                {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/me/time-off/{id}", "/v1/me/time-off/@off_ana",     {401, 401, 204, 404, 403, 403, 403}},
    {"DELETE", "/v1/me/time-off/{id}", "/v1/me/time-off/@off_cira",    {401, 401, 404, 204, 403, 403, 403}},
    {"DELETE", "/v1/me/time-off/{id}", "/v1/me/time-off/999999",       {401, 401, 404, 404, 403, 403, 403}},
    {"DELETE", "/v1/me/swaps/{id}", "/v1/me/swaps/@swap_ana",          {401, 401, 204, 404, 403, 403, 403}},
    {"DELETE", "/v1/me/swaps/{id}", "/v1/me/swaps/@swap_cira",         {401, 401, 404, 204, 403, 403, 403}},
    {"DELETE", "/v1/me/swaps/{id}", "/v1/me/swaps/999999",             {401, 401, 404, 404, 403, 403, 403}},
    {"POST", "/v1/agents/{id}/calendar", "/v1/agents/ana/calendar",    {401, 401, 201, 404, 403, 403, 201}},
    {"POST", "/v1/agents/{id}/calendar", "/v1/agents/cira/calendar",   {401, 401, 404, 201, 403, 403, 201}},
    {"POST", "/v1/agents/{id}/calendar", "/v1/agents/ben/calendar",    {401, 401, 404, 404, 403, 403, 201}},
    {"DELETE", "/v1/agents/{id}/calendar", "/v1/agents/ben/calendar",  {401, 401, 404, 404, 403, 403, 204}},
    {"POST", "/v1/agents/{id}/calendar", "/v1/agents/nobody/calendar", {401, 401, 404, 404, 403, 403, 404}},
    {"DELETE", "/v1/agents/{id}/calendar", "/v1/agents/ana/calendar",  {401, 401, 204, 404, 403, 403, 404}},
    {"DELETE", "/v1/agents/{id}/calendar", "/v1/agents/cira/calendar", {401, 401, 404, 204, 403, 403, 404}},
    {"DELETE", "/v1/agents/{id}/calendar", "/v1/agents/nobody/calendar", {401, 401, 404, 404, 403, 403, 404}},
    {"POST", "/v1/rosters/{id}/publish", "/v1/rosters/@published/publish", {401, 401, 403, 403, 403, 403, 409}},
    {"POST", "/v1/rosters/{id}/publish", "/v1/rosters/@bad/publish",   {401, 401, 403, 403, 403, 403, 409}},
    {"POST", "/v1/rosters/{id}/publish", "/v1/rosters/@draft/publish", {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/rosters/{id}/publish", "/v1/rosters/999999/publish", {401, 401, 403, 403, 403, 403, 404}},

    {"GET", "/v1/changes", "/v1/changes",                              {401, 401, 200, 200, 200, 200, 200}},
    {"GET", "/v1/changes", "/v1/changes?since=999999999999.1",         {401, 401, 422, 422, 422, 422, 422}},
    {"GET", "/v1/webhooks", "/v1/webhooks",                            {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/webhooks", "/v1/webhooks",                           {401, 401, 403, 403, 403, 403, 415}},
    {"GET", "/v1/webhooks/{id}", "/v1/webhooks/@webhook",              {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/webhooks/{id}", "/v1/webhooks/999999",                {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/webhooks/{id}", "/v1/webhooks/x",                     {401, 401, 403, 403, 403, 403, 404}},
    {"PUT", "/v1/webhooks/{id}", "/v1/webhooks/@webhook",              {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/webhooks/{id}", "/v1/webhooks/999999",                {401, 401, 403, 403, 403, 403, 415}},
    {"PUT", "/v1/webhooks/{id}", "/v1/webhooks/x",                     {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/webhooks/{id}/secret", "/v1/webhooks/@webhook/secret", {401, 401, 403, 403, 403, 403, 200}},
    {"POST", "/v1/webhooks/{id}/secret", "/v1/webhooks/999999/secret", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/webhooks/{id}/secret", "/v1/webhooks/x/secret",      {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/webhooks/{id}/test", "/v1/webhooks/@webhook/test",   {401, 401, 403, 403, 403, 403, 202}},
    {"POST", "/v1/webhooks/{id}/test", "/v1/webhooks/999999/test",     {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/webhooks/{id}/test", "/v1/webhooks/x/test",          {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/webhooks/{id}/deliveries", "/v1/webhooks/@webhook/deliveries?state=dead", {401, 401, 403, 403, 403, 403, 200}},
    {"GET", "/v1/webhooks/{id}/deliveries", "/v1/webhooks/999999/deliveries", {401, 401, 403, 403, 403, 403, 404}},
    {"GET", "/v1/webhooks/{id}/deliveries", "/v1/webhooks/x/deliveries", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/webhooks/{id}/deliveries/{n}/retry", "/v1/webhooks/@webhook/deliveries/1/retry", {401, 401, 403, 403, 403, 403, 202}},
    {"POST", "/v1/webhooks/{id}/deliveries/{n}/retry", "/v1/webhooks/@webhook/deliveries/999/retry", {401, 401, 403, 403, 403, 403, 404}},
    {"POST", "/v1/webhooks/{id}/deliveries/{n}/retry", "/v1/webhooks/999999/deliveries/1/retry", {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/webhooks/{id}", "/v1/webhooks/999999",             {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/webhooks/{id}", "/v1/webhooks/x",                  {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/webhooks/{id}", "/v1/webhooks/@webhook",           {401, 401, 403, 403, 403, 403, 204}},
    {"DELETE", "/v1/rosters/{id}", "/v1/rosters/@published", {401, 401, 403, 403, 403, 403, 409}},
    {"DELETE", "/v1/rosters/{id}", "/v1/rosters/@bad", {401, 401, 403, 403, 403, 403, 204}},
    {"DELETE", "/v1/rosters/{id}", "/v1/rosters/@bad", {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/rosters/{id}", "/v1/rosters/x", {401, 401, 403, 403, 403, 403, 404}},

    /* takes an agent away, so it is last */
    {"DELETE", "/v1/agents/{id}", "/v1/agents/ben",                              {401, 401, 403, 403, 403, 403, 204}},
    {"DELETE", "/v1/agents/{id}", "/v1/agents/dan",                              {401, 401, 403, 403, 403, 403, 204}},
    {"DELETE", "/v1/agents/{id}", "/v1/agents/nobody",                           {401, 401, 403, 403, 403, 403, 404}},
    {"DELETE", "/v1/agents/{id}", "/v1/agents/a'%20or%201",                      {401, 401, 403, 403, 403, 403, 404}},
    /* clang-format on */
};

/* What must never stand in an answer to that caller. */
static const char *const foreign[CALLER_N][6] = {
    [CALLER_NONE] = {"cira", "Cira", "zeta", "ben", "Ben"},
    [CALLER_BAD] = {"cira", "Cira", "zeta", "ben", "Ben"},
    [CALLER_ANA] = {"cira", "Cira", "zeta", "ben", "Ben"},
    [CALLER_CIRA] = {"\"ana\"", "Ana", "acme", "ben", "Ben"},
    [CALLER_ACME] = {"zeta", "Zeta", "ana", "cira", "Cira"},
    [CALLER_ZETA] = {"acme", "Acme", "ana", "cira", "Cira"},
};

static struct fixture fixture; /* made once, before the tests are forked */
static struct api_server *server;

/* What ana and cira have asked for: a week off in January, and a swap of their next shift. */
static struct {
    const char *agent;
    int64_t off, swap;
} people[] = {{"ana", 0, 0}, {"cira", 0, 0}};

static void ask_for_things(struct store *store)
{
    g_autoptr(GError) error = NULL;
    for (size_t k = 0; k < G_N_ELEMENTS(people); k++) {
        struct scope scope = {.role = ROLE_AGENT, .agent = people[k].agent};
        struct shift_view *views = NULL;
        int n = 0;
        store_time_off_ask(store, &scope, FIXTURE_WEEK_TS + 50 * DAY_S, FIXTURE_WEEK_TS + 57 * DAY_S, "leave",
                           "", "test", &people[k].off, &error);
        ck_no_error(error);
        store_shifts(store, &scope, NULL, FIXTURE_NOW, FIXTURE_NOW + 7 * DAY_S, false, FIXTURE_NOW, 0, 1,
                     &views, &n, &error);
        ck_assert_int_eq(n, 1);
        struct swap_offer offer = {.shift = views[0].id, .note = "", .expires_ts = INT64_MAX};
        store_swap_offer(store, &scope, &offer, "test", FIXTURE_NOW, &people[k].swap, &error);
        ck_no_error(error);
        shift_views_free(views, n);
    }
}

static void make_data(void)
{
    g_autoptr(GError) error = NULL;
    fixture_init(&fixture);
    AUTO(store) store = store_open(fixture.conninfo, &error);
    ck_no_error(error);
    ask_for_things(store);
}

static void drop_data(void)
{
    fixture_clear(&fixture);
}

static void start(void)
{
    server = fixture_serve(&fixture, 2, NULL);
}

static void stop(void)
{
    api_stop(server);
}

static char *concrete(const char *path)
{
    g_autoptr(GString) out = g_string_new(path);
    const struct {
        const char *mark;
        char *value;
    } marks[] = {{"@published", g_strdup_printf("%" G_GINT64_FORMAT, fixture.published)},
                 {"@draft", g_strdup_printf("%" G_GINT64_FORMAT, fixture.draft)},
                 {"@bad", g_strdup_printf("%" G_GINT64_FORMAT, fixture.bad_draft)},
                 {"@forecast", g_strdup_printf("%" G_GINT64_FORMAT, fixture.forecast)},
                 {"@import", g_strdup_printf("%" G_GINT64_FORMAT, fixture.import)},
                 {"@override", g_strdup_printf("%" G_GINT64_FORMAT, fixture.override)},
                 {"@what_if", g_strdup_printf("%" G_GINT64_FORMAT, fixture.what_if)},
                 {"@shift_ana", g_strdup_printf("%" G_GINT64_FORMAT, fixture.shift_ana)},
                 {"@shift_cira", g_strdup_printf("%" G_GINT64_FORMAT, fixture.shift_cira)},
                 {"@run", g_strdup_printf("%" G_GINT64_FORMAT, fixture.run)},
                 {"@off_ana", g_strdup_printf("%" G_GINT64_FORMAT, people[0].off)},
                 {"@off_cira", g_strdup_printf("%" G_GINT64_FORMAT, people[1].off)},
                 {"@swap_ana", g_strdup_printf("%" G_GINT64_FORMAT, people[0].swap)},
                 {"@swap_cira", g_strdup_printf("%" G_GINT64_FORMAT, people[1].swap)},
                 {"@webhook", g_strdup("1")}, /* the only one of the fixture */
                 {"@off_ana", g_strdup_printf("%" G_GINT64_FORMAT, fixture.off_ana)},
                 {"@off_cira", g_strdup_printf("%" G_GINT64_FORMAT, fixture.off_cira)},
                 {"@secret", g_strdup(fixture.secret)},
                 {"@range", g_strdup(range)}};
    for (size_t k = 0; k < G_N_ELEMENTS(marks); k++) {
        g_string_replace(out, marks[k].mark, marks[k].value, 0);
        g_free(marks[k].value);
    }
    return g_strdup(out->str);
}

static void check_foreign(int caller, bool open, const char *path, const char *body)
{
    for (int k = 0; k < 6 && foreign[caller][k] != NULL && !open; k++) {
        g_autofree char *echo = g_strdup(body); /* a problem may repeat the id that was asked for */
        ck_assert_msg(strstr(path, foreign[caller][k]) != NULL || strstr(echo, foreign[caller][k]) == NULL,
                      "%s as %s: the answer holds \"%s\":\n%s", path, caller_names[caller],
                      foreign[caller][k], body);
    }
}

static const struct api_route *route_of(const char *method, const char *pattern)
{
    for (int k = 0; k < api_n_routes; k++)
        if (strcmp(api_routes[k].method, method) == 0 && strcmp(api_routes[k].pattern, pattern) == 0)
            return &api_routes[k];
    return NULL;
}

START_TEST(row_answers_as_it_should)
{
    const struct api_route *route = route_of(rows[_i].method, rows[_i].pattern);
    ck_assert_msg(route != NULL, "no route %s %s", rows[_i].method, rows[_i].pattern);
    g_autofree char *path = concrete(rows[_i].path);
    bool open = (route->allow & ALLOW_OPEN) != 0;
    for (int c = 0; c < CALLER_N; c++) {
        struct http_answer answer =
            http_request(api_port(server), rows[_i].method, path, fixture.tokens[c], NULL, NULL);
        ck_assert_msg(answer.status == rows[_i].want[c], "%s %s as %s: %d, not %d\n%s", rows[_i].method, path,
                      caller_names[c], answer.status, rows[_i].want[c], answer.body);
        check_foreign(c, open, path, answer.body);
        http_answer_clear(&answer);
    }
}
END_TEST

static int64_t foreign_number(const char *path)
{
    return strstr(path, "@off_cira") != NULL    ? people[1].off
           : strstr(path, "@swap_cira") != NULL ? people[1].swap
                                                : fixture.shift_cira;
}

/* Foreign and unknown ids: the same words but for the id. */
START_TEST(foreign_ids_answer_as_unknown_ones)
{
    static const struct {
        int caller;
        const char *method, *mine_not, *unknown;
    } pairs[] = {
        {CALLER_ANA, "GET", "/v1/agents/cira/shifts", "/v1/agents/erin/shifts"},
        {CALLER_ANA, "POST", "/v1/agents/cira/calendar", "/v1/agents/erin/calendar"},
        {CALLER_ANA, "DELETE", "/v1/agents/cira/calendar", "/v1/agents/erin/calendar"},
        {CALLER_ANA, "GET", "/v1/me/time-off/@off_cira", "/v1/me/time-off/999999"},
        {CALLER_ANA, "DELETE", "/v1/me/time-off/@off_cira", "/v1/me/time-off/999999"},
        {CALLER_ANA, "GET", "/v1/me/swaps/@swap_cira", "/v1/me/swaps/999999"},
        {CALLER_ANA, "DELETE", "/v1/me/swaps/@swap_cira", "/v1/me/swaps/999999"},
        {CALLER_ANA, "POST", "/v1/me/swaps/@swap_cira/accept", "/v1/me/swaps/999999/accept"},
        {CALLER_ANA, "GET", "/v1/me/shifts/@shift_cira/why", "/v1/me/shifts/999999/why"},
        {CALLER_ANA, "GET", "/v1/agents/cira", "/v1/agents/erin"},
        {CALLER_ANA, "GET", "/v1/agents/cira/time-off", "/v1/agents/erin/time-off"},
        {CALLER_ANA, "GET", "/v1/agents/cira/preferences", "/v1/agents/erin/preferences"},
        {CALLER_ACME, "GET", "/v1/clients/zeta", "/v1/clients/yota"},
        {CALLER_ACME, "GET", "/v1/queues/zeta-voice", "/v1/queues/yota-voice"},
        {CALLER_ACME, "GET", "/v1/clients/zeta/sla", "/v1/clients/yota/sla"},
        {CALLER_ACME, "GET", "/v1/queues?client=zeta", "/v1/queues?client=yota"},
        {CALLER_ACME, "GET", "/v1/queues/zeta-voice/coverage", "/v1/queues/yota-voice/coverage"},
        {CALLER_ACME, "GET", "/v1/queues/zeta-voice/forecast", "/v1/queues/yota-voice/forecast"},
        {CALLER_ACME, "GET", "/v1/forecasts?queue=zeta-voice", "/v1/forecasts?queue=yota-voice"},
        {CALLER_ACME, "GET", "/v1/overrides?queue=zeta-voice", "/v1/overrides?queue=yota-voice"},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(pairs); k++) {
        char *texts[2];
        for (int side = 0; side < 2; side++) {
            g_autofree char *path = concrete(side == 0 ? pairs[k].mine_not : pairs[k].unknown);
            struct http_answer answer = http_request(api_port(server), pairs[k].method, path,
                                                     fixture.tokens[pairs[k].caller], NULL, NULL);
            GString *text = g_string_new_len(answer.body, strstr(answer.body, "request_id") - answer.body);
            g_string_replace(text, "cira", "erin", 0);
            g_string_replace(text, "zeta", "yota", 0);
            g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, foreign_number(pairs[k].mine_not));
            if (strchr(pairs[k].mine_not, '@') != NULL)
                g_string_replace(text, number, "999999", 0);
            texts[side] = g_string_free(text, FALSE);
            http_answer_clear(&answer);
        }
        ck_assert_str_eq(texts[0], texts[1]);
        g_free(texts[0]);
        g_free(texts[1]);
    }
}
END_TEST

/* One loop per route: rows exist, for ids at least an own, a foreign and an unknown one, and no row goes
 * beyond the route's roles. */
START_TEST(route_has_its_rows)
{
    static const unsigned roles[CALLER_N] = {
        0, 0, ALLOW_AGENT, ALLOW_AGENT, ALLOW_CLIENT, ALLOW_CLIENT, ALLOW_PLANNER};
    const struct api_route *route = &api_routes[_i];
    int n = 0;
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
        if (strcmp(rows[k].method, route->method) != 0 || strcmp(rows[k].pattern, route->pattern) != 0)
            continue;
        n++;
        for (int c = 0; c < CALLER_N && !(route->allow & ALLOW_OPEN); c++) {
            int refused = c <= CALLER_BAD ? 401 : 403;
            bool may = (roles[c] & route->allow) != 0;
            ck_assert_msg(may ? rows[k].want[c] != refused : rows[k].want[c] == refused, "%s %s as %s",
                          route->method, rows[k].path, caller_names[c]);
        }
    }
    int needed = strstr(route->pattern, "{id}") != NULL ? 3 : strchr(route->pattern, '{') != NULL ? 2 : 1;
    ck_assert_msg(n >= needed, "%s %s: %d rows in tests/api/test_access.c, %d needed", route->method,
                  route->pattern, n, needed);
}
END_TEST

/* --- row-level security alone */

/* The first wall taken away: the caller says planner and is believed, so no statement asks whose rows it
 * reads; the database session itself is the scoped one. The token is the planner's; a test's grant lets the
 * session look it up. */
static const struct {
    int caller;
    const char *settings;
} scoped[] = {
    {CALLER_ANA, "-c role=wfm_scoped -c wfm.role=agent -c wfm.agent=ana"},
    {CALLER_CIRA, "-c role=wfm_scoped -c wfm.role=agent -c wfm.agent=cira"},
    {CALLER_ACME, "-c role=wfm_scoped -c wfm.role=client -c wfm.client=acme"},
    {CALLER_ZETA, "-c role=wfm_scoped -c wfm.role=client -c wfm.client=zeta"},
};

static bool row_reads(size_t k)
{
    const struct api_route *route = route_of(rows[k].method, rows[k].pattern);
    bool granted = g_str_has_prefix(route->pattern, "/v1/tokens"); /* by this test, below */
    return strcmp(rows[k].method, "GET") == 0 && (route->allow & ALLOW_OPEN) == 0 && !granted;
}

START_TEST(rows_are_the_callers_alone)
{
    g_autofree char *conninfo = g_strdup_printf("%s options='%s'", fixture.conninfo, scoped[_i].settings);
    struct fixture as = fixture;
    as.conninfo = conninfo;
    pg_exec(fixture.conninfo, "GRANT SELECT, UPDATE ON token TO wfm_scoped; "
                              "GRANT SELECT ON agent, client TO wfm_scoped");
    AUTO(api_server) walled = fixture_serve(&as, 2, NULL);
    int n = 0, answered = 0;
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
        if (!row_reads(k))
            continue;
        g_autofree char *path = concrete(rows[k].path);
        struct http_answer answer =
            http_request(api_port(walled), rows[k].method, path, fixture.tokens[CALLER_PLANNER], NULL, NULL);
        check_foreign(scoped[_i].caller, false, path, answer.body);
        n++;
        answered += answer.status == 200;

        http_answer_clear(&answer);
    }
    ck_assert_int_gt(n, 10);
    ck_assert_int_gt(answered, 0); /* the wall is not that nothing works */
}
END_TEST

/* Every table: unreadable for the scoped role, or under row-level security and without foreign words in what
 * it shows; and written to only where a policy for writing says how. */
START_TEST(tables_are_walled)
{
    g_autofree char *open =
        pg_value(fixture.conninfo,
                 "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c "
                 "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT "
                 "c.relrowsecurity "
                 "AND has_any_column_privilege('wfm_scoped', c.oid, 'SELECT, INSERT, UPDATE') "
                 "AND c.relname NOT IN ('operation', 'time_zone', 'token')"); /* no tenant's; granted above */
    ck_assert_msg(open == NULL, "tables the scoped role may use without row-level security: %s", open);
    g_autofree char *unsaid =
        pg_value(fixture.conninfo,
                 "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c "
                 "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND "
                 "c.relname <> 'token' "
                 "AND (has_table_privilege('wfm_scoped', c.oid, 'DELETE, TRUNCATE') "
                 "OR has_any_column_privilege('wfm_scoped', c.oid, 'INSERT, UPDATE')) "
                 "AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd <> 'r')");
    ck_assert_msg(unsaid == NULL, "tables the scoped role may write without a policy for it: %s", unsaid);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/access");
    TCase *t = tcase_create("table");
    tcase_add_loop_test(t, route_has_its_rows, 0, api_n_routes);
    suite_add_tcase(s, t);
    t = tcase_create("served");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, make_data, drop_data);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_loop_test(t, row_answers_as_it_should, 0, G_N_ELEMENTS(rows));
    tcase_add_test(t, foreign_ids_answer_as_unknown_ones);
    tcase_add_loop_test(t, rows_are_the_callers_alone, 0, G_N_ELEMENTS(scoped));
    tcase_add_test(t, tables_are_walled);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
