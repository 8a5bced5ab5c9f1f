#include "staircase/data/object_parts.h"

namespace staircase::data {
namespace {

using enum Outline;
using enum Tone;

constexpr Point right{1.0, 0.0}, down{0.0, 1.0};
constexpr bool may_miss = true;

constexpr Part fish[] = {{triangle, {-0.74, 0.0}, 0.42, 0.28, second, down},
                         {triangle, {0.08, -0.42}, 0.26, 0.16, second, right, may_miss},
                         {ellipse, {0.1, 0.0}, 0.74, 0.4, main},
                         {ellipse, {0.52, -0.1}, 0.09, 0.09, dark}};

constexpr Part tree[] = {{box, {0.0, 0.6}, 0.12, 0.4, dark},
                         {ellipse, {-0.26, -0.08}, 0.4, 0.4, main},
                         {ellipse, {0.28, -0.1}, 0.38, 0.4, main},
                         {ellipse, {0.0, -0.48}, 0.42, 0.42, main},
                         {ellipse, {0.12, -0.3}, 0.1, 0.1, second, right, may_miss}};

constexpr Part house[] = {{box, {0.45, -0.55}, 0.1, 0.28, dark, right, may_miss},
                          {box, {0.0, 0.38}, 0.62, 0.5, main},
                          {triangle, {0.0, -0.44}, 0.86, 0.36, second},
                          {box, {-0.22, 0.58}, 0.15, 0.3, dark},
                          {box, {0.28, 0.3}, 0.16, 0.15, light, right, may_miss}};

constexpr Part car[] = {{box, {-0.06, -0.2}, 0.5, 0.26, second},
                        {box, {-0.06, -0.18}, 0.36, 0.15, light, right, may_miss},
                        {box, {0.0, 0.2}, 0.95, 0.24, main},
                        {ellipse, {-0.52, 0.46}, 0.23, 0.23, dark},
                        {ellipse, {0.52, 0.46}, 0.23, 0.23, dark}};

constexpr Part flower[] = {{box, {0.0, 0.55}, 0.07, 0.45, dark},
                           {ellipse, {0.3, 0.62}, 0.26, 0.11, second, {0.86, -0.51}, may_miss},
                           {ellipse, {0.0, -0.68}, 0.24, 0.24, main},
                           {ellipse, {0.38, -0.4}, 0.24, 0.24, main},
                           {ellipse, {0.24, 0.04}, 0.24, 0.24, main},
                           {ellipse, {-0.24, 0.04}, 0.24, 0.24, main},
                           {ellipse, {-0.38, -0.4}, 0.24, 0.24, main},
                           {ellipse, {0.0, -0.28}, 0.2, 0.2, light}};

constexpr Part butterfly[] = {{ellipse, {-0.5, -0.34}, 0.48, 0.34, main, {0.86, 0.51}},
                              {ellipse, {0.5, -0.34}, 0.48, 0.34, main, {0.86, -0.51}},
                              {ellipse, {-0.38, 0.4}, 0.34, 0.26, second, {0.86, -0.51}},
                              {ellipse, {0.38, 0.4}, 0.34, 0.26, second, {0.86, 0.51}},
                              {ellipse, {-0.54, -0.36}, 0.14, 0.14, light, right, may_miss},
                              {ellipse, {0.54, -0.36}, 0.14, 0.14, light, right, may_miss},
                              {ellipse, {0.0, 0.05}, 0.1, 0.6, dark}};

constexpr Part cup[] = {{ring, {0.55, 0.12}, 0.38, 0.4, second},
                        {box, {-0.1, 0.1}, 0.54, 0.64, main},
                        {ellipse, {-0.1, -0.52}, 0.54, 0.18, dark},
                        {box, {-0.1, 0.24}, 0.54, 0.1, light, right, may_miss}};

constexpr Part boat[] = {{box, {0.0, -0.2}, 0.05, 0.7, dark},
                         {triangle, {0.36, -0.22}, 0.32, 0.58, light},
                         {triangle, {-0.3, -0.1}, 0.24, 0.44, second, right, may_miss},
                         {half_ellipse, {0.0, 0.6}, 0.92, 0.22, main, {-1.0, 0.0}}};

constexpr Part mushroom[] = {{box, {0.0, 0.48}, 0.22, 0.44, light},
                             {half_ellipse, {0.0, -0.3}, 0.84, 0.38, main},
                             {ellipse, {-0.36, -0.24}, 0.13, 0.13, second},
                             {ellipse, {0.08, -0.42}, 0.13, 0.13, second},
                             {ellipse, {0.46, -0.18}, 0.12, 0.12, second, right, may_miss}};

constexpr Part cat[] = {{triangle, {-0.48, -0.58}, 0.26, 0.34, second},
                        {triangle, {0.48, -0.58}, 0.26, 0.34, second},
                        {ellipse, {0.0, 0.12}, 0.78, 0.66, main},
                        {ellipse, {-0.3, -0.06}, 0.14, 0.14, dark},
                        {ellipse, {0.3, -0.06}, 0.14, 0.14, dark},
                        {triangle, {0.0, 0.3}, 0.13, 0.1, light, {-1.0, 0.0}, may_miss}};

}  // namespace

const std::array<Drawing, drawing_count> drawings{{{"fish", fish},
                                                   {"tree", tree},
                                                   {"house", house},
                                                   {"car", car},
                                                   {"flower", flower},
                                                   {"butterfly", butterfly},
                                                   {"cup", cup},
                                                   {"boat", boat},
                                                   {"mushroom", mushroom},
                                                   {"cat", cat}}};

}  // namespace staircase::data
